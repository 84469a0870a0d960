// inception data preview
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Experiment } from "../../config/schema.ts";
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
  const { count, size, png } = await drawSheet(experiment, pictures, epoch);
  const { explainIoError } = await import("../../io-error.ts");
  await writeFile(output, png).catch((error: unknown) => {
    throw explainIoError(error, "writing", output, png.length);
  });
  print(`${output}: ${count} crops of ${size} pixels from ${experiment.data.train}`);
}

async function drawSheet(experiment: Experiment, pictures: number, epoch: number) {
  const { openSource } = await import("../../images/sources/source.ts");
  const { contactSheet } = await import("../../images/contact-sheet.ts");
  const { encodePng } = await import("../../images/decode.ts");
  const { firstCrops } = await import("../../train/preview.ts");
  const { train } = experiment.data;
  const listing = await openSource(train);
  for (const warning of listing.warnings) note(`${train}: ${warning}`);
  const onBad = ({ name, reason }: { name: string; reason: string }) => note(`${name}: ${reason}`);
  const { count, size, images } = await firstCrops(experiment, listing, { count: pictures, epoch, onBad });
  const { pixels, width, height } = contactSheet(images, count, size, Math.ceil(Math.sqrt(count)));
  return { count, size, png: await encodePng(pixels, width, height) };
}
