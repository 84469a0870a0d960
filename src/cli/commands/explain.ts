// inception explain: where a trained network looks in pictures.
import type { Command } from "commander";
import { engineOptions } from "../engine-options.ts";
import { jpegReductionOption } from "../jpeg-reduction-option.ts";
import { acts, choice, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { printJson } from "../print.ts";
import { viewOptions } from "../view-options.ts";
import { weightsOptions } from "../weights-options.ts";

const options = {
  model: text("<path>", "a run folder, a checkpoint or the name of imported weights (default: the newest run)"),
  output: text("<folder>", "write the overlays there", { short: "o", standard: "explained" }),
  method: choice("<name>", "what is measured", {
    choices: ["grad-cam", "occlusion", "both"],
    standard: "grad-cam",
  }),
  top: wholeNumber("<n>", "how many of the most probable classes", { short: "k", most: 100, standard: 3 }),
  class: text("<name>", "the true class (default: the picture's folder, where that is the name of one)"),
  layer: text("<name>", "whose maps Grad-CAM reads, as in inception cost (default: the last)"),
  patch: wholeNumber("<pixels>", "side of occlusion's patch on the network's input (default: a sixth of it)"),
  stride: wholeNumber("<pixels>", "from one place of the patch to the next (default: half of the patch)"),
  fromStdin: flag("read paths from standard input, one on each line"),
  ...viewOptions(),
  ...weightsOptions(),
  jpegReduction: jpegReductionOption(),
  ...engineOptions(),
  json: flag("print the result as one JSON document"),
};
export type ExplainCommandOptions = OptionsOf<typeof options>;

export function registerExplain(program: Command): void {
  acts(program.command("explain"), options, run)
    .description("show where in pictures a network sees their classes")
    .argument("[image...]", "files, folders and patterns; - is one picture on standard input")
    .addHelpText("after", help);
}

const help = `
Each picture gets a sheet, <name>.png, and an overlay for each class and method,
<name>-<method>-<rank>.png. Yellow to red speaks for a class, blue against it;
what is dark was not shown to the network. grad-cam asks which places of the
network's maps raise the class's logit, occlusion by how much a patch over a
place lowers its probability, in some hundred passes for each picture. Pictures
that cannot be read are named and the others go on; the exit code is 3.

Examples:
  inception explain holiday.jpg
  inception explain photos/ring --method both --top 1 -o seen
  inception explain cat.jpg --class dog --model runs/train/pets-1
  inception explain cat.jpg --layer Mixed_6e
  inception explain mistakes/*.jpg --json > seen.json`;

async function run(words: string[], given: ExplainCommandOptions): Promise<void> {
  const { explainPictures } = await import("../explaining.ts");
  const document = await explainPictures(words, given);
  if (given.json) printJson(document);
}
