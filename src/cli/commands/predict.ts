// inception predict: what a trained network sees in single pictures.
import type { Command } from "commander";
import { engineOptions } from "../engine-options.ts";
import { jpegReductionOption } from "../jpeg-reduction-option.ts";
import { acts, choice, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { formatTable, print, printJson } from "../print.ts";
import { viewOptions } from "../view-options.ts";

const options = {
  model: text("<path>", "a run folder, a checkpoint or the name of imported weights (default: the newest run)"),
  top: wholeNumber("<n>", "how many classes", { short: "k", standard: 5 }),
  ...viewOptions(),
  checkpoint: choice("<which>", "which of a run's checkpoints", { choices: ["best", "last"], standard: "best" }),
  raw: flag("the raw weights instead of their running average"),
  jpegReduction: jpegReductionOption(),
  ...engineOptions(),
  json: flag("print the result as one JSON document"),
};
type Options = OptionsOf<typeof options>;

export function registerPredict(program: Command): void {
  acts(program.command("predict"), options, run)
    .description("name the most probable classes of pictures")
    .argument("<image...>", "JPEG, PNG or WebP files")
    .addHelpText("after", help);
}

const help = `
Examples:
  inception predict holiday.jpg
  inception predict photos/*.jpg --model runs/train/quickstart-1 --top 3 --json`;

async function run(
  images: string[],
  { model: path, top, checkpoint, raw = false, jpegReduction, json, ...view }: Options,
): Promise<void> {
  const { openChosen } = await import("../chosen-model.ts");
  const { predictFiles } = await import("../../evaluate/predict.ts");
  const { withView } = await import("../../evaluate/view.ts");
  const model = withView(openChosen(path, { which: checkpoint, raw, jpegReduction }), view);
  const predictions = await predictFiles(model, images, top);
  const named = predictions.map(({ name, top }) => ({
    image: name,
    top: top.map(({ class: index, probability }) => ({ class: model.classes[index]!, probability })),
  }));
  if (json) {
    const { resizing } = await import("../../images/protocols.ts");
    const resize = resizing("single", model.preset, model.size, model.preprocessing.jpegReduction, model.choice);
    return printJson({ schema: "inception.predict/1", model: model.path, resize, predictions: named });
  }
  const rows = named.flatMap(({ image, top }) =>
    top.map(({ class: name, probability }, i) => [i === 0 ? image : "", name, `${(100 * probability).toFixed(2)}%`]),
  );
  print(formatTable(["image", "class", "probability"], rows));
}
