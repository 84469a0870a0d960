// inception data make|check|preview
import { type Command, InvalidArgumentError } from "commander";
import { UserError } from "../../errors.ts";
import { formatTable, note, print, printJson } from "../print.ts";
import { registerPreview } from "./data-preview.ts";

type MakeOptions = { output: string; perClass: number; size: number; seed: number };

export function registerData(program: Command): void {
  const data = program
    .command("data")
    .description("make the shapes set, check a set of pictures, or look at what training sees of it");
  registerMake(data);
  registerCheck(data);
  registerPreview(data, whole);
}

function registerMake(data: Command): void {
  data
    .command("make")
    .description("draw a small set of pictures to train on")
    .argument("<set>", "shapes: ten classes of shapes on textured grounds", shapes)
    .option("-o, --output <folder>", "a new or empty folder", "data/shapes")
    .option("--per-class <pictures>", "pictures in each class", whole(1, 9999), 200)
    .option("--size <pixels>", "height and width", whole(16, 2048), 96)
    .option("--seed <number>", "every random choice follows from it", whole(0, Number.MAX_SAFE_INTEGER), 42)
    .addHelpText(
      "after",
      "\nExamples:\n  $ inception data make shapes\n  $ inception data make shapes --output /tmp/shapes --per-class 20 --size 64",
    )
    .action(async (_set: string, { output, ...options }: MakeOptions) => {
      const { makeShapes, shapeClasses } = await import("../../images/shapes/make.ts");
      const { picturesBar } = await import("../progress.ts");
      const bar = picturesBar("draw", shapeClasses.length * options.perClass);
      const outcome = await makeShapes(output, options, bar.update).finally(bar.stop);
      print(
        outcome === "made"
          ? `${output}: ${options.perClass} pictures for each of ${shapeClasses.length} classes`
          : `${output}: already there`,
      );
    });
}

function registerCheck(data: Command): void {
  data
    .command("check")
    .description("decode every picture of a source and list those that cannot be read")
    .argument("<source>", "a folder with a folder for each class, a list file (.csv, .jsonl), or a tar archive")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExits with 3 when a picture cannot be read.\n\nExamples:\n  $ inception data check data/shapes\n  $ inception data check pictures.tar --json",
    )
    .action(async (source: string, { json }: { json?: boolean }) => {
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
    });
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
    for await (const { count } of evaluationBatches({ decoders, listing, size: 32, batch: 64, preset: "tf", onBad })) {
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

function shapes(text: string): string {
  if (text !== "shapes") throw new InvalidArgumentError("expected shapes.");
  return text;
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
};
