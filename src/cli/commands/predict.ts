// inception predict: what a trained network sees in pictures.
import type { Command } from "commander";
import { exitCodes, UserError } from "../../errors.ts";
import { engineOptions } from "../engine-options.ts";
import { jpegReductionOption } from "../jpeg-reduction-option.ts";
import { acts, decimal, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { type Named, outputOf } from "../prediction-output.ts";
import { note, printJson } from "../print.ts";
import { viewOptions } from "../view-options.ts";
import { weightsOptions } from "../weights-options.ts";

const options = {
  model: text(
    "<path>",
    "a run folder, a checkpoint, an ONNX file or the name of imported weights (default: the newest run)",
  ),
  top: wholeNumber("<n>", "how many classes", { short: "k", standard: 5 }),
  threshold: decimal("<p>", "call uncertain what is less probable", { most: 1 }),
  sortInto: text("<folder>", "copy each picture into a folder named as its class"),
  fromStdin: flag("read paths from standard input, one on each line"),
  ...viewOptions(),
  ...weightsOptions(),
  jpegReduction: jpegReductionOption(),
  ...engineOptions(),
  csv: flag("print comma-separated values, picture after picture", { conflicts: ["jsonl", "json"] }),
  jsonl: flag("print a line of JSON for each picture as it is done", { conflicts: ["json"] }),
  json: flag("print the result as one JSON document"),
};
type Options = OptionsOf<typeof options>;

export function registerPredict(program: Command): void {
  acts(program.command("predict"), options, run)
    .description("name the most probable classes of pictures")
    .argument("[image...]", "files, folders and patterns; - is one picture on standard input")
    .addHelpText("after", help);
}

const help = `
Pictures that cannot be read are named and the others go on; the exit code is 3.

Examples:
  inception predict holiday.jpg
  inception predict photos 'more/**/*.png' --top 1 --csv > seen.csv
  inception predict inbox --sort-into sorted --threshold 0.8
  find . -name '*.jpg' | inception predict --from-stdin --jsonl
  inception predict - < holiday.jpg`;

async function run(
  words: string[],
  { model: path, checkpoint, raw = false, jpegReduction, csv, jsonl, json, ...rest }: Options,
): Promise<void> {
  const { top, threshold, sortInto, fromStdin = false, ...view } = rest;
  const { openChosen } = await import("../chosen-model.ts");
  const { withView } = await import("../../evaluate/view.ts");
  const { picturesIn, predictAll } = await import("../predicting.ts");
  const items = await picturesIn(words, fromStdin);
  if (sortInto !== undefined && items.some(({ source }) => "bytes" in source))
    throw new UserError("usage", "--sort-into: expected files, got a picture on standard input, which has no name");
  const model = withView(openChosen(path, { which: checkpoint, raw, jpegReduction }), view);
  const all: Named[] = [];
  const output = outputOf(csv ? "csv" : jsonl ? "jsonl" : "table");
  const add = json ? (named: readonly Named[]) => void all.push(...named) : output.add;
  const rejected = await predictAll(model, items, { top, threshold, sortInto, add });
  if (rejected.length > 0) process.exitCode = exitCodes.data;
  if (json) {
    const { resizing } = await import("../../images/protocols.ts");
    const resize = resizing("single", model.preset, model.size, model.preprocessing.jpegReduction, model.choice);
    return printJson({ schema: "inception.predict/1", model: model.path, resize, predictions: all, rejected });
  }
  output.end();
  if (items.length > 1 && rejected.length > 0) note(`${rejected.length} of ${items.length} pictures could not be read`);
  if (sortInto !== undefined) note(`sorted into ${sortInto}`);
}
