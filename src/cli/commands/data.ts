// inception data make|check|preview
import { Argument, type Command } from "commander";
import { UserError } from "../../errors.ts";
import { acts, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { formatTable, note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";
import { registerPreview } from "./data-preview.ts";

const makeOptions = {
  output: text("<folder>", "a new or empty folder", { short: "o", standard: "data/shapes" }),
  perClass: wholeNumber("<pictures>", "pictures in each class", { most: 9999, standard: 200 }),
  size: wholeNumber("<pixels>", "height and width", { least: 16, most: 2048, standard: 96 }),
  seed: wholeNumber("<number>", "every random choice follows from it", { least: 0, standard: 42 }),
};
const checkOptions = { json: flag("print the result as JSON") };

export function registerData(program: Command): void {
  const data = program
    .command("data")
    .description("make the shapes set, check a set of pictures, or look at what training sees of it");
  acts(data.command("make"), makeOptions, runMake)
    .description("draw a small set of pictures to train on")
    .addArgument(new Argument("<set>", "shapes: ten classes of shapes on textured grounds").choices(["shapes"]))
    .addHelpText("after", makeHelp);
  acts(data.command("check"), checkOptions, runCheck)
    .description("decode every picture of a source and list those that cannot be read")
    .argument("<source>", "a folder with a folder for each class, a list file (.csv, .jsonl), or a tar archive")
    .addHelpText("after", checkHelp);
  registerPreview(data);
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

const checkHelp = `
Exits with 3 when a picture cannot be read.

Examples:
  $ inception data check data/shapes
  $ inception data check pictures.tar --json`;

async function runCheck(source: string, { json }: OptionsOf<typeof checkOptions>): Promise<void> {
  const report = await check(source);
  for (const warning of report.warnings) note(`${source}: ${warning}`);
  if (json) printJson(report);
  else print(describe(report));
  if (report.unreadable.length > 0)
    throw new UserError(
      "data",
      `${source}: ${report.unreadable.length} of ${report.pictures} pictures cannot be read`,
      {
        hint: "remove them, or set data.onBadImage to skip",
      },
    );
}

async function check(path: string) {
  const { availableParallelism } = await import("node:os");
  const { openSource } = await import("../../images/sources/source.ts");
  const { evaluationBatches, startDecoders } = await import("../../images/batches.ts");
  const listing = await openSource(path, { leastClasses: 1 });
  const { picturesBar } = await import("../progress.ts");
  const unreadable: { name: string; reason: string }[] = [];
  const bar = picturesBar("check", listing.items.length);
  let done = 0;
  const decoders = startDecoders(availableParallelism());
  try {
    const onBad = (failure: { name: string; reason: string }) => void unreadable.push(failure);
    const whole = { size: 32, batch: 64, preset: "tf", jpegReduction: "off" } as const;
    for await (const { count } of evaluationBatches({ decoders, listing, ...whole, onBad })) {
      done += count;
      bar.update(done + unreadable.length);
    }
  } finally {
    bar.stop();
    await decoders.close();
  }
  const counts = new Map(listing.classes.map((name) => [name, 0]));
  for (const { label } of listing.items) counts.set(listing.classes[label]!, counts.get(listing.classes[label]!)! + 1);
  return {
    schema: "inception.data-check/1" as const,
    source: path,
    pictures: listing.items.length,
    classes: [...counts].map(([name, pictures]) => ({ name, pictures })),
    unreadable,
    warnings: listing.warnings,
    fingerprint: listing.fingerprint,
  };
}

const describe = ({ classes, pictures, unreadable }: Awaited<ReturnType<typeof check>>): string =>
  [
    formatTable(["class", "pictures"], [...classes.map((row) => [row.name, row.pictures]), ["all", pictures]]),
    ...(unreadable.length === 0 ? ["", "every picture can be read"] : ["", "cannot be read:"]),
    ...unreadable.map(({ name, reason }) => `  ${name}: ${reason}`),
  ].join("\n");
