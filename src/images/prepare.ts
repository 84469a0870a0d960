// One picture on its way to the network: read, decoded, cut, resized, mirrored and recoloured.
import { readFile } from "node:fs/promises";
import { type ColorMode, distortColor, flip } from "./color.ts";
import { areaCrop, type CropPlan, evaluationPlan, type Preset, tensorflowCrop } from "./crop.ts";
import { cropResize, type OpenedPicture, openPicture, type Reduction } from "./decode.ts";
import { cutCrops } from "./multi-crop.ts";
import type { MultiCrop } from "./protocols.ts";
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
  | { readonly crops: MultiCrop }
  | { readonly augment: Augmentation; readonly seed: number; readonly epoch: number; readonly position: number };

/** RGB bytes, size * size * 3 for each crop: a pure function of its arguments. Throws UserError("data") for an unreadable picture. */
export async function preparePicture(item: Item, size: number, treatment: Treatment): Promise<Uint8Array> {
  const picture = await openPicture(() => readBytes(item), item.name);
  if ("crops" in treatment) return cutCrops(await picture.decode(), treatment.crops, size);
  if ("preset" in treatment)
    return view(picture, evaluationPlan(treatment.preset, picture.width, picture.height, size), size);
  const { augment, seed, epoch, position } = treatment;
  const chance = random(seed, "augment", epoch, position);
  const pixels = await view(picture, trainingPlan(augment, chance, picture, size), size);
  if (augment.flip && chance.chance(0.5)) flip(pixels, size);
  distortColor(pixels, augment.color, chance);
  return pixels;
}

/** Cut and resized, from no more pixels than it needs: a photograph of many megapixels would take longer than its training. */
async function view(picture: OpenedPicture, plan: CropPlan, size: number): Promise<Uint8Array> {
  const reduction = picture.reducible ? reductionFor(plan, picture, size) : 1;
  const pixels = await picture.decode(reduction);
  return cropResize(pixels, reducePlan(plan, reduction, pixels), size);
}

/** The strongest that leaves half as many pixels again as needed on each side. TensorFlow's resize sees single pixels, so it gets them all. */
function reductionFor({ crop, resize, kernel }: CropPlan, { width, height }: OpenedPicture, size: number): Reduction {
  if (kernel === "tensorflow") return 1;
  const scale = resize
    ? Math.min(width / resize.width, height / resize.height)
    : Math.min(crop.width, crop.height) / size;
  return reductions.find((reduction) => scale >= 1.5 * reduction) ?? 1;
}

const reductions = [8, 4, 2] as const;

/** The same cut of the reduced picture; one that resizes the whole picture first stays as it is. */
function reducePlan(
  plan: CropPlan,
  reduction: Reduction,
  { width, height }: { width: number; height: number },
): CropPlan {
  if (reduction === 1 || plan.resize) return plan;
  const scaled = (start: number, length: number, most: number): [start: number, length: number] => {
    const from = Math.min(Math.floor(start / reduction), most - 1);
    return [from, Math.max(1, Math.min(Math.round(length / reduction), most - from))];
  };
  const [left, w] = scaled(plan.crop.left, plan.crop.width, width);
  const [top, h] = scaled(plan.crop.top, plan.crop.height, height);
  return { ...plan, crop: { left, top, width: w, height: h } };
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
