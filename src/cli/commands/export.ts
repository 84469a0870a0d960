// inception export: a trained network for other programs, whole or its weights under their names.
import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import { modelForms, pixelsPlaces, storages } from "../../published/choices.ts";
import { acts, choice, decimal, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { weightsOptions } from "../weights-options.ts";

const options = {
  format: choice("<format>", "a whole model, or whose names and layouts weights get", { choices: modelForms }),
  output: text("<path>", "the file or folder (default: named after the network)", { short: "o" }),
  force: flag("in the place of what lies there"),
  storage: choice("<format>", "of a whole model's kernels; biases stay float32", {
    choices: storages,
    standard: "float32",
  }),
  preprocessing: choice("<place>", "inside: a whole model takes uint8 pictures of its size", {
    choices: pixelsPlaces,
    standard: "outside",
  }),
  demo: flag("tfjs: with a page that classifies pictures in a browser"),
  data: text("<source>", "pictures to compare on (default: the run's validation pictures)"),
  pictures: wholeNumber("<n>", "at most so many of them, at even distances", { standard: 32 }),
  tolerance: decimal("<logits>", "how far logits may be apart (default: 0.0001)", { most: 1e6 }),
  ...weightsOptions(),
  json: flag("print the result as one JSON document"),
};
export type ExportOptions = OptionsOf<typeof options>;

export function registerExport(program: Command): void {
  acts(program.command("export"), options, run)
    .description("write a trained network for other programs: whole, or its weights as they name them (.safetensors)")
    .argument("[model]", "a run folder or a checkpoint (default: the newest run)")
    .addHelpText("after", help);
}

const help = `
What is written is run from there, and gets its name only when it has given the
network's own logits on real pictures, to 1e-4 in float32; otherwise nothing is
left (exit 8). Of storage in fewer bits it says what that changes on these
pictures.

Weights for torchvision, timm and Keras are read back and run as the networks of
these programs. docs/weights.md shows how each program loads the file.

Examples:
  inception export runs/train/birds-1 --format onnx -o birds.onnx
  inception export runs/train/birds-1 --format onnx --preprocessing inside
  inception export runs/train/birds-1 --format inference --storage uint8
  inception export runs/train/birds-1 --format saved-model --storage uint8
  inception export runs/train/birds-1 --format tfjs --storage float16 --demo
  inception export runs/train/birds-1 --format timm -o birds.safetensors
  inception export models/inception-v3 --format torchvision`;

async function run(path: string | undefined, { format, ...options }: ExportOptions): Promise<void> {
  if (format === undefined)
    throw new UserError("usage", `--format is missing, expected one of ${modelForms.join(", ")}`);
  const { exportAloud } = await import("../exporting.ts");
  return exportAloud(path, format, options);
}
