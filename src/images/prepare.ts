// One picture on its way to the network: read, decoded, cut, resized, mirrored, varied and recoloured.
import { createHash } from "node:crypto";
import { type Erasing, erase } from "./augment/erasing.ts";
import { trivialAugment } from "./augment/trivial-augment.ts";
import { type ColorMode, distortColor, flip } from "./color.ts";
import {
  areaCrop,
  type CropChoice,
  type CropPlan,
  evaluationPlan,
  extentOf,
  type Fit,
  type Preset,
  tensorflowCrop,
} from "./crop.ts";
import { cut } from "./cut.ts";
import { type OpenedPicture, openPicture } from "./decode.ts";
import { type JpegReduction, reductionFor } from "./jpeg-reduction.ts";
import { cutCrops } from "./multi-crop.ts";
import { openPlanes } from "./planes.ts";
import type { MultiCrop } from "./protocols.ts";
import { type Random, random } from "./random.ts";
import { readPicture } from "./source-lost.ts";
import type { Item } from "./sources/listing.ts";

/** How a training picture is varied. */
export interface Augmentation {
  readonly crop: "area" | "tensorflow" | "none";
  /** How the whole picture is brought in where there is no random crop; left out, a central crop. */
  readonly fit?: Fit | undefined;
  readonly area: readonly [number, number];
  readonly aspect: readonly [number, number];
  readonly flip: boolean;
  readonly color: ColorMode;
  readonly trivialAugment: boolean;
  readonly erase: Erasing | null;
}
type Varied = Pick<Augmentation, "crop" | "flip" | "color" | "trivialAugment"> &
  Readonly<Record<"erase" | "mix", unknown>>;
/** Whether a picture is the same in every epoch. */
export const isConstant = ({ crop, flip, color, trivialAugment, erase, mix }: Varied): boolean =>
  crop === "none" && !flip && color === "off" && !trivialAugment && erase === null && mix === null;

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

/** What else a picture is prepared with: `room` waits until there is some for so many pixels, and gives what returns it; `digest` gets the SHA-256 of what was read. */
export interface Beside {
  readonly room?: (pixels: number) => Promise<() => void>;
  readonly digest?: Uint8Array | undefined;
}

/**
 * RGB bytes, size * size * 3 for each crop: a pure function of its arguments. Throws UserError("data") for an unreadable picture, SourceLost where
 * that is no fault of the picture.
 */
export async function preparePicture(
  item: Item,
  size: number,
  treatment: Treatment,
  { room, digest }: Beside = {},
): Promise<Uint8Array> {
  const picture = await openItem(item, digest);
  const leave = await room?.(picture.width * picture.height);
  try {
    return await prepared(picture, size, treatment);
  } finally {
    leave?.();
  }
}

async function prepared(picture: OpenedPicture, size: number, treatment: Treatment): Promise<Uint8Array> {
  if ("crops" in treatment) return cutCrops(await picture.decode(), treatment.crops, size);
  const { jpegReduction } = treatment;
  if ("preset" in treatment) {
    const plan = evaluationPlan(treatment.preset, picture.width, picture.height, size, treatment.choice);
    return view(picture, plan, size, jpegReduction);
  }
  const { augment, seed, epoch, position } = treatment;
  const chance = random(seed, "augment", epoch, position);
  const crop = await view(picture, trainingPlan(augment, chance, picture, size), size, jpegReduction);
  if (augment.flip && chance.chance(0.5)) flip(crop, size);
  // TrivialAugment before colours and erasing after all: the order of torchvision's reference training.
  const pixels = augment.trivialAugment ? trivialAugment(crop, size, chance) : crop;
  distortColor(pixels, augment.color, chance);
  if (augment.erase) erase(pixels, size, augment.erase, chance);
  return pixels;
}

/** The picture with its header read. The SHA-256 of what was read goes into `digest`. Throws as `preparePicture`. */
export function openItem({ source, name }: Item, digest?: Uint8Array): Promise<OpenedPicture> {
  const read = async (): Promise<Uint8Array> => {
    const bytes = await readPicture(source);
    digest?.set(createHash("sha256").update(bytes).digest());
    return bytes;
  };
  const planes = "planes" in source ? source.planes : undefined;
  return planes ? openPlanes(read, name, planes) : openPicture(read, name);
}

/** Cut and resized, where that is allowed from a reduced picture: one of many megapixels would take longer than its training. */
async function view(
  picture: OpenedPicture,
  plan: CropPlan,
  size: number,
  jpegReduction: JpegReduction,
): Promise<Uint8Array> {
  const reduction = jpegReduction === "off" ? 1 : reductionFor(extentOf(plan, picture, size), plan.kernel);
  return cut(picture, await picture.decode(reduction), plan, size);
}

const trainingPlan = (
  augment: Augmentation,
  chance: Random,
  { width, height }: OpenedPicture,
  size: number,
): CropPlan =>
  augment.crop === "none"
    ? evaluationPlan("tf", width, height, size, { fit: augment.fit })
    : crops[augment.crop](chance, width, height, augment);

const crops = {
  area: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: areaCrop(...of), kernel: "linear" }),
  tensorflow: (...of: Parameters<typeof areaCrop>): CropPlan => ({ crop: tensorflowCrop(...of), kernel: "tensorflow" }),
};
