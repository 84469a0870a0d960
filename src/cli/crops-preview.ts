// The work of `inception eval --crops-preview`: all crops of one picture on a labelled sheet.
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { counted } from "../counted.ts";
import { chooseView, type OwnView, type ViewChoice } from "../evaluate/view.ts";
import { openPicture } from "../images/decode.ts";
import type { JpegReduction } from "../images/jpeg-reduction.ts";
import { preparePicture } from "../images/prepare.ts";
import { type Crop, cropCounts, type Protocol, planCrops, resizing } from "../images/protocols.ts";
import { type Preprocessing, preprocessingSchema } from "../network/preprocessing.ts";
import { note, print, printJson } from "./print.ts";
import { smallSheet } from "./small-sheet.ts";

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
  const columns = Math.min(count, 12);
  const sheet = await smallSheet({ images: pixels, count, size, columns, labels, legend: legendOf(crops) });
  replaceDurably(nodeFs, output, sheet.png);
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
  print(`${output}: ${counted(count, "crop")} of ${size} pixels from ${image} (${resize})`);
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
/** What the labels mean, of those that occur. */
const legendOf = (crops: readonly Crop[]): string[] => [
  ...crops.slice(0, 1).map(({ scale }) => `${scale}-1: scale, and its square: 1 first, 2 centre, 3 last`),
  ...Object.entries(anchors).flatMap(([anchor, short]) =>
    crops.some((crop) => crop.anchor === anchor) ? [`${short}: ${anchor}`] : [],
  ),
  ...(crops.some(({ mirrored }) => mirrored) ? ["M: mirrored"] : []),
];
const label = ({ scale, square, anchor, mirrored }: Crop): string =>
  `${scale}-${squares[square]} ${anchors[anchor]}${mirrored ? " M" : ""}`;
