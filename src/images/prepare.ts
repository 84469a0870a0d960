// One picture on its way to the network: read, decoded, cut, resized, mirrored and recoloured.
import { readFile } from "node:fs/promises";
import { type ColorMode, distortColor, flip } from "./color.ts";
import { areaCrop, type CropPlan, evaluationPlan, type Preset, tensorflowCrop } from "./crop.ts";
import { cropResize, decodePicture, type Picture } from "./decode.ts";
import { type Random, random } from "./random.ts";
import type { Item } from "./sources/listing.ts";

/** The `augment` part of an experiment. */
export interface Augmentation {
  readonly crop: "area" | "tensorflow" | "none";
  readonly area: readonly [number, number];
  readonly aspect: readonly [number, number];
  readonly flip: boolean;
  readonly color: ColorMode;
}
/** What is done to the picture; `position` is its place in the epoch. */
export type Treatment =
  | { readonly preset: Preset }
  | { readonly augment: Augmentation; readonly seed: number; readonly epoch: number; readonly position: number };

/** RGB bytes, size * size * 3: a pure function of its arguments. Throws UserError("data") for an unreadable picture. */
export async function preparePicture(item: Item, size: number, treatment: Treatment): Promise<Uint8Array> {
  const picture = await decodePicture(() => readBytes(item), item.name);
  if ("preset" in treatment)
    return cropResize(picture, evaluationPlan(treatment.preset, picture.width, picture.height, size), size);
  const { augment, seed, epoch, position } = treatment;
  const chance = random(seed, "augment", epoch, position);
  const pixels = await cropResize(picture, trainingPlan(augment, chance, picture, size), size);
  if (augment.flip && chance.chance(0.5)) flip(pixels, size);
  distortColor(pixels, augment.color, chance);
  return pixels;
}

const readBytes = async ({ source }: Item): Promise<Uint8Array> =>
  "file" in source ? readFile(source.file) : source.bytes;

const trainingPlan = (augment: Augmentation, chance: Random, { width, height }: Picture, size: number): CropPlan =>
  augment.crop === "none"
    ? evaluationPlan("tf", width, height, size)
    : crops[augment.crop](chance, width, height, augment);

const crops = {
  area: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: areaCrop(...of), kernel: "linear" }),
  tensorflow: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: tensorflowCrop(...of), kernel: "tensorflow" }),
};
