// inception data preview
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Experiment } from "../../config/schema.ts";
import { asTrained } from "../../config/train-size.ts";
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
  const experiment = asTrained((await loadSubject(subject, set, surveyOrGuess)).experiment);
  const { count, png } = await drawSheet(experiment, pictures, epoch);
  const { explainIoError } = await import("../../io-error.ts");
  await writeFile(output, png).catch((error: unknown) => {
    throw explainIoError(error, "writing", output, png.length);
  });
  print(`${output}: ${count} crops of ${experiment.data.size} pixels from ${experiment.data.train}`);
}

/** Batches are those of training, so that pictures are mixed as there. */
async function drawSheet(experiment: Experiment, pictures: number, epoch: number) {
  const { data, train, seed } = experiment;
  const { openSource } = await import("../../images/sources/source.ts");
  const { startDecoders, trainingBatches } = await import("../../images/batches.ts");
  const { batchesPerEpoch } = await import("../../images/epoch.ts");
  const { contactSheet } = await import("../../images/contact-sheet.ts");
  const { encodePng } = await import("../../images/decode.ts");
  const { variationOf } = await import("../../train/variation.ts");
  const listing = await openSource(data.train);
  for (const warning of listing.warnings) note(`${data.train}: ${warning}`);
  const onBad = ({ name, reason }: { name: string; reason: string }) => note(`${name}: ${reason}`);
  const { size, jpegReduction } = data;
  const { batch } = train;
  const perEpoch = batchesPerEpoch(listing.items.length, batch);
  const count = Math.min(pictures, listing.items.length, perEpoch * batch);
  const decoders = startDecoders(data.decoders ?? 1);
  try {
    const start = epoch * perEpoch;
    const options = { decoders, listing, size, batch, jpegReduction, ...variationOf(experiment), seed, onBad };
    const images = new Uint8Array(Math.ceil(count / batch) * batch * size * size * 3);
    for await (const made of trainingBatches({ ...options, start, end: start + Math.ceil(count / batch) }))
      images.set(made.images, (made.index - start) * made.images.length);
    const { pixels, width, height } = contactSheet(images, count, size, Math.ceil(Math.sqrt(count)));
    return { count, png: await encodePng(pixels, width, height) };
  } finally {
    await decoders.close();
  }
}
