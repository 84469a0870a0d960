// The work of `inception eval --crops-preview`: all crops of one picture on a labelled sheet.
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { chooseView, type OwnView, type ViewChoice } from "../evaluate/view.ts";
import { contactSheet } from "../images/contact-sheet.ts";
import { encodePng, openPicture } from "../images/decode.ts";
import type { JpegReduction } from "../images/jpeg-reduction.ts";
import { preparePicture } from "../images/prepare.ts";
import { type Crop, cropCounts, type Protocol, planCrops, resizing } from "../images/protocols.ts";
import { type Preprocessing, preprocessingSchema } from "../network/preprocessing.ts";
import { note, print, printJson } from "./print.ts";

type Options = ViewChoice & {
  readonly crops: Protocol;
  readonly checkpoint: "last" | "best";
  readonly jpegReduction?: JpegReduction;
  readonly output?: string;
  readonly json?: boolean;
};

/**
 * Writes a PNG, one row for each square, a crop beside its mirror; labels say scale, square, anchor and M for mirrored. Crops have the size of
 * the model given or of the newest run; 299 pixels where there is neither. Throws UserError("data") for an unreadable picture.
 */
export async function writeCropsPreview(image: string, paths: readonly string[], options: Options): Promise<void> {
  const { crops: protocol, output = `${basename(image, extname(image))}-${protocol}crops.png`, json } = options;
  const own = await ownView(paths[0], options);
  const { jpegReduction } = own.preprocessing;
  const { size, preset, choice = {} } = chooseView(own, options, protocol);
  const treatment = protocol === "single" ? { preset, choice, jpegReduction } : { crops: protocol };
  const item = { name: image, label: 0, source: { file: image } };
  const pixels = await preparePicture(item, size, treatment);
  const { width, height } = await openPicture(() => readFile(image), image);
  const crops = protocol === "single" ? [] : planCrops(protocol, width, height, size).flatMap((view) => view.crops);
  const labels = protocol === "single" ? [`${preset} ${choice.fit?.name ?? "single"}`] : crops.map(label);
  const count = cropCounts[protocol];
  const sheet = contactSheet(pixels, count, size, Math.min(count, 12), labels);
  replaceDurably(nodeFs, output, await encodePng(sheet.pixels, sheet.width, sheet.height));
  const resize = resizing(protocol, preset, size, jpegReduction, choice);
  if (json)
    return printJson({
      schema: "inception.eval.crops/1",
      image,
      width,
      height,
      size,
      protocol,
      resize,
      crops,
      output,
    });
  print(`${output}: ${count} ${count === 1 ? "crop" : "crops"} of ${size} pixels from ${image} (${resize})`);
}

async function ownView(
  path: string | undefined,
  { checkpoint, jpegReduction }: Options,
): Promise<OwnView & { readonly preprocessing: Preprocessing }> {
  const { choosePath, openAloud } = await import("./chosen-model.ts");
  const chosen = choosePath(path);
  if (chosen !== undefined) return openAloud(chosen, { which: checkpoint, raw: false, jpegReduction });
  note("there is no run in runs/train: crops of 299 pixels");
  const preprocessing = preprocessingSchema.parse({ size: 299, preset: "tf", jpegReduction });
  return { ...preprocessing, preprocessing };
}

const anchors: Readonly<Record<Crop["anchor"], string>> = {
  centre: "C",
  "top left": "TL",
  "top right": "TR",
  "bottom left": "BL",
  "bottom right": "BR",
  whole: "ALL",
};
const squares: Readonly<Record<Crop["square"], string>> = { first: "1", centre: "2", last: "3" };
const label = ({ scale, square, anchor, mirrored }: Crop): string =>
  `${scale}-${squares[square]} ${anchors[anchor]}${mirrored ? " M" : ""}`;
