// One picture on its way to the network: read, decoded, cut, resized, mirrored and recoloured.
import { readFile } from "node:fs/promises";
import { type ColorMode, distortColor, flip } from "./color.ts";
import {
  areaCrop,
  type CropChoice,
  type CropPlan,
  evaluationPlan,
  extentOf,
  type Preset,
  tensorflowCrop,
} from "./crop.ts";
import { type OpenedPicture, openPicture } from "./decode.ts";
import { type JpegReduction, reductionFor, within } from "./jpeg-reduction.ts";
import { cutCrops } from "./multi-crop.ts";
import type { MultiCrop } from "./protocols.ts";
import { type Random, random } from "./random.ts";
import { resample } from "./resample/resample.ts";
import type { Item } from "./sources/listing.ts";

/** The `augment` part of an experiment. */
export interface Augmentation {
  readonly crop: "area" | "tensorflow" | "none";
  readonly area: readonly [number, number];
  readonly aspect: readonly [number, number];
  readonly flip: boolean;
  readonly color: ColorMode;
}
/** Whether a picture is the same in every epoch. */
export const isConstant = ({ crop, flip, color }: Augmentation): boolean => crop === "none" && !flip && color === "off";

/** What is done to the picture; `position` is its place in the epoch. Many crops are always cut from the whole picture. */
export type Treatment =
  | { readonly preset: Preset; readonly choice?: CropChoice; readonly jpegReduction: JpegReduction }
  | { readonly crops: MultiCrop }
  | {
      readonly augment: Augmentation;
      readonly seed: number;
      readonly epoch: number;
      readonly position: number;
      readonly jpegReduction: JpegReduction;
    };

/** RGB bytes, size * size * 3 for each crop: a pure function of its arguments. Throws UserError("data") for an unreadable picture. */
export async function preparePicture(item: Item, size: number, treatment: Treatment): Promise<Uint8Array> {
  const picture = await openPicture(() => readBytes(item), item.name);
  if ("crops" in treatment) return cutCrops(await picture.decode(), treatment.crops, size);
  const { jpegReduction } = treatment;
  if ("preset" in treatment) {
    const plan = evaluationPlan(treatment.preset, picture.width, picture.height, size, treatment.choice);
    return view(picture, plan, size, jpegReduction);
  }
  const { augment, seed, epoch, position } = treatment;
  const chance = random(seed, "augment", epoch, position);
  const pixels = await view(picture, trainingPlan(augment, chance, picture, size), size, jpegReduction);
  if (augment.flip && chance.chance(0.5)) flip(pixels, size);
  distortColor(pixels, augment.color, chance);
  return pixels;
}

/** Cut and resized, where that is allowed from a reduced picture: one of many megapixels would take longer than its training. */
async function view(
  picture: OpenedPicture,
  plan: CropPlan,
  size: number,
  jpegReduction: JpegReduction,
): Promise<Uint8Array> {
  const extent = extentOf(plan, picture, size);
  const decoded = await picture.decode(jpegReduction === "off" ? 1 : reductionFor(extent, plan.kernel));
  return resample(decoded, { ...extent, source: within(extent.source, decoded) }, plan.kernel);
}

const readBytes = async ({ source }: Item): Promise<Uint8Array> =>
  "file" in source ? readFile(source.file) : source.bytes;

const trainingPlan = (
  augment: Augmentation,
  chance: Random,
  { width, height }: OpenedPicture,
  size: number,
): CropPlan =>
  augment.crop === "none"
    ? evaluationPlan("tf", width, height, size)
    : crops[augment.crop](chance, width, height, augment);

const crops = {
  area: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: areaCrop(...of), kernel: "linear" }),
  tensorflow: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: tensorflowCrop(...of), kernel: "tensorflow" }),
};
