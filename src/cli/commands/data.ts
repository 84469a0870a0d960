// inception data make|check|preview|index
import type { Command } from "commander";
import { acts, type OptionsOf, text, wholeNumber, wordArgument } from "../options.ts";
import { note, print } from "../print.ts";
import { stopOnRequest } from "../stop.ts";
import { registerCheck } from "./data-check.ts";
import { registerIndex } from "./data-index.ts";
import { registerPreview } from "./data-preview.ts";

const makeOptions = {
  output: text("<folder>", "a new or empty folder", { short: "o", standard: "data/shapes" }),
  perClass: wholeNumber("<pictures>", "pictures in each class", { most: 9999, standard: 200 }),
  size: wholeNumber("<pixels>", "height and width", { least: 16, most: 2048, standard: 96 }),
  seed: wholeNumber("<number>", "every random choice follows from it", { least: 0, standard: 42 }),
};

export function registerData(program: Command): void {
  const data = program
    .command("data")
    .description("make the shapes set, check a set of pictures, look at what training sees of it, or index shards");
  acts(data.command("make"), makeOptions, runMake)
    .description("draw a small set of pictures to train on")
    .addArgument(wordArgument("<set>", "shapes: ten classes of shapes on textured grounds", ["shapes"]))
    .addHelpText("after", makeHelp);
  registerCheck(data);
  registerPreview(data);
  registerIndex(data);
}

const makeHelp = `
All or nothing: Ctrl-C removes what was drawn.

Examples:
  $ inception data make shapes
  $ inception data make shapes --output /tmp/shapes --per-class 20 --size 64`;

async function runMake(_set: string, { output, ...options }: OptionsOf<typeof makeOptions>): Promise<void> {
  const { makeShapes, shapeClasses } = await import("../../images/shapes/make.ts");
  const { picturesBar } = await import("../progress.ts");
  const stop = stopOnRequest("what was drawn is removed");
  const total = shapeClasses.length * options.perClass;
  const bar = picturesBar("draw", total);
  let drawn = 0;
  const onProgress = (done: number): void => {
    drawn = done;
    stop.signal.throwIfAborted();
    bar.update(done);
  };
  try {
    const outcome = await makeShapes(output, options, onProgress);
    const made = `${options.perClass} pictures for each of ${shapeClasses.length} classes`;
    print(`${output}: ${outcome === "made" ? made : "already there"}`);
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    process.exitCode = stop.exitCode();
    note(`Stopped after ${drawn} of ${total} pictures; none of them is kept.`);
  } finally {
    bar.stop();
    stop.done();
  }
}
