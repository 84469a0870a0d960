// inception export: a trained network's weights under another program's names.
import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import { exportFormats } from "../../published/choices.ts";
import { acts, choice, flag, type OptionsOf, text } from "../options.ts";
import { note, print, printJson } from "../print.ts";

const options = {
  format: choice("<program>", "whose names and layouts", { choices: exportFormats }),
  output: text("<file>", "the .safetensors file (default: <network>-<program>.safetensors)", { short: "o" }),
  checkpoint: choice("<which>", "which of a run's checkpoints", { choices: ["best", "last"], standard: "best" }),
  raw: flag("the raw weights instead of their running average"),
  json: flag("print the result as one JSON document"),
};

export function registerExport(program: Command): void {
  acts(program.command("export"), options, run)
    .description("write a trained network's weights as torchvision, timm or Keras name them (.safetensors)")
    .argument("[model]", "a run folder or a checkpoint (default: the newest run)")
    .addHelpText("after", help);
}

const help = `
Values are written as they are: what is exported and imported again is the same
bit for bit. docs/weights.md shows how each program loads the file.

Examples:
  inception export runs/train/birds-1 --format timm -o birds.safetensors
  inception export models/inception-v3 --format torchvision`;

async function run(
  path: string | undefined,
  { format, output, checkpoint, raw = false, json }: OptionsOf<typeof options>,
): Promise<void> {
  if (format === undefined)
    throw new UserError("usage", `--format is missing, expected one of ${exportFormats.join(", ")}`);
  const { openChosen } = await import("../chosen-model.ts");
  const { exportWeights } = await import("../../weights/export.ts");
  const { encode } = await import("../../checkpoint/safetensors.ts");
  const { nodeFs, replaceDurably } = await import("../../checkpoint/files.ts");
  const model = openChosen(path, { which: checkpoint, raw });
  const { foreign, tensors, warnings } = exportWeights(model.options, model.size, model.weights, format);
  for (const warning of warnings) note(`warning: ${warning}`);
  const file = output ?? `${model.options.name}-${format}.safetensors`;
  replaceDurably(nodeFs, file, encode(tensors, { format: format === "keras" ? "tf" : "pt" }));
  const { path: checkpointPath, step } = model;
  const count = tensors.size;
  if (!json) return print(`${file}: ${count} tensors as ${foreign.name} of ${format} names them, of ${checkpointPath}`);
  printJson({
    schema: "inception.export/1",
    model: checkpointPath,
    step,
    format,
    theirs: foreign.name,
    file,
    tensors: count,
    warnings,
  });
}
