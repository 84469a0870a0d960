// inception data preview
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Experiment } from "../../config/schema.ts";
import { counted } from "../../counted.ts";
import type { CropLabel } from "../../train/preview.ts";
import { set, surveyOrGuess } from "../experiment.ts";
import { acts, type OptionsOf, text, wholeNumber } from "../options.ts";
import { note, print } from "../print.ts";

const options = {
  output: text("<file>", "the PNG file to write", { short: "o", required: true }),
  pictures: wholeNumber("<number>", "how many crops", { short: "n", most: 400, standard: 64 }),
  epoch: wholeNumber("<number>", "of which epoch, from 0", { least: 0, most: 1e6, standard: 0 }),
  set,
};

/** Adds `preview` to the `data` command. */
export function registerPreview(data: Command): void {
  acts(data.command("preview"), options, run)
    .description("draw what training will see: the first augmented crops of an epoch on one sheet")
    .argument("<config|source>", "an experiment file, a shipped config, or a source of pictures")
    .addHelpText("after", help);
}

const help = `
A source without an experiment gets what the default recipe gives its number of
pictures.

Examples:
  $ inception data preview imagenette-128 -o preview.png
  $ inception data preview pictures/ -o preview.png --set data.size=128
  $ inception data preview photos -o a.png --set augment.mix.name=cutmix`;

async function run(subject: string, { output, pictures, epoch, set }: OptionsOf<typeof options>): Promise<void> {
  const { loadSubject } = await import("../../config/subject.ts");
  const { experiment } = await loadSubject(subject, set, surveyOrGuess);
  const { count, size, side, png } = await drawSheet(experiment, pictures, epoch);
  const { explainIoError } = await import("../../io-error.ts");
  await writeFile(output, png).catch((error: unknown) => {
    throw explainIoError(error, "writing", output, png.length);
  });
  print(`${output}: ${counted(count, "crop")} of ${size} pixels from ${experiment.data.train}${drawnAt(size, side)}`);
}

const drawnAt = (size: number, side: number): string => (side < size ? `, drawn with ${side}` : "");

async function drawSheet(experiment: Experiment, pictures: number, epoch: number) {
  const { openSource } = await import("../../images/sources/source.ts");
  const { smallSheet } = await import("../small-sheet.ts");
  const { firstCrops } = await import("../../train/preview.ts");
  const { train } = experiment.data;
  const listing = await openSource(train);
  for (const warning of listing.warnings) note(`${train}: ${warning}`);
  const onBad = ({ name, reason }: { name: string; reason: string }) => note(`${name}: ${reason}`);
  const { count, size, images, labels } = await firstCrops(experiment, listing, { count: pictures, epoch, onBad });
  const lines = labels.map((label) => linesOf(label, listing.classes));
  const sheet = await smallSheet({ images, count, size, columns: Math.ceil(Math.sqrt(count)), labels: lines });
  return { count, size, ...sheet };
}

/** Its class; of two pictures mixed, both with their shares. */
function linesOf({ label, mixed }: CropLabel, classes: readonly string[]): string {
  if (mixed === undefined) return classes[label]!;
  const first = Math.round(100 * mixed.share);
  return `${first}% ${classes[label]}\n${100 - first}% ${classes[mixed.second]}`;
}
