// Where pictures are cut: random crops for training, the presets' central crops for evaluation. Pure geometry.
import type { Random } from "./random.ts";
import { type Box, type Color, type Extent, type Size, wholeOf } from "./resample/extent.ts";
import type { Kernel } from "./resample/resample.ts";

/** The picture resized to `resize`, when given, then cut to `crop`, then brought to the network's size. */
export interface CropPlan {
  readonly resize?: Size;
  readonly crop: Box;
  readonly kernel: Kernel;
  /** Of what is around the crop, in whose middle it lies, where it is smaller than the network's input. */
  readonly fill?: Color;
}
/** Bounds of a crop's share of the picture's area, and of its width over its height. */
export interface CropRange {
  readonly area: readonly [number, number];
  readonly aspect: readonly [number, number];
}
export type Preset = "tf" | "torchvision" | "timm";
export type FitName = "crop" | "letterbox" | "squash";
/** How the whole picture is brought in: squashed into the square, or as it is, with its short side filled up. */
export type Fit = { readonly name: "squash" } | { readonly name: "letterbox"; readonly fill: Color };
/** What a single crop has otherwise than its preset. */
export interface CropChoice {
  /** Of each side (`tf`), or of the resized picture's short side: above 0, at most 1. */
  readonly share?: number;
  /** `tensorflow` for `tf` alone. */
  readonly kernel?: Kernel;
  /** In the place of a crop; its share then means nothing. */
  readonly fit?: Fit | undefined;
}
/** What a preset has where nothing is chosen. */
export const presetCrops: Readonly<Record<Preset, Required<Omit<CropChoice, "fit">>>> = {
  tf: { share: 7 / 8, kernel: "tensorflow" },
  torchvision: { share: 7 / 8, kernel: "linear" },
  timm: { share: 7 / 8, kernel: "cubic" },
};

/**
 * Area uniform, aspect log-uniform, ten attempts, then the largest central crop within the aspect's range (GoogLeNet,
 * arXiv 1409.4842, section 6; torchvision's RandomResizedCrop).
 */
export function areaCrop(random: Random, width: number, height: number, { area, aspect }: CropRange): Box {
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = width * height * random.uniform(...area);
    const ratio = Math.exp(random.uniform(Math.log(aspect[0]), Math.log(aspect[1])));
    const w = Math.round(Math.sqrt(target * ratio));
    const h = Math.round(Math.sqrt(target / ratio));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return { left: random.int(width - w + 1), top: random.int(height - h + 1), width: w, height: h };
  }
  const ratio = Math.min(aspect[1], Math.max(aspect[0], width / height));
  return centre(width, height, Math.min(width, height * ratio), Math.min(height, width / ratio));
}

/**
 * TensorFlow's sample_distorted_bounding_box with the whole picture as its box, of which a crop covers at least a tenth:
 * height uniform, 100 attempts, then the whole picture.
 */
export function tensorflowCrop(random: Random, width: number, height: number, { area, aspect }: CropRange): Box {
  const [least, most] = [area[0] * width * height, area[1] * width * height];
  for (let attempt = 0; attempt < 100; attempt++) {
    const ratio = random.uniform(...aspect);
    let highest = Math.min(height, Math.round(Math.sqrt(most / ratio)));
    if (Math.round(highest * ratio) > width) highest = Math.floor((width + 0.5 - 1e-7) / ratio);
    const lowest = Math.min(highest, Math.round(Math.sqrt(least / ratio)));
    let h = lowest + random.int(highest - lowest + 1);
    const nudge = (by: number) => {
      h += by;
      return Math.round(h * ratio);
    };
    let w = nudge(0);
    if (w * h < least) w = nudge(1);
    if (w * h > most) w = nudge(-1);
    if (w < 1 || h < 1 || w > width || h > height || w * h < least || w * h > most) continue;
    const [left, top] = [random.int(Math.max(1, width - w)), random.int(Math.max(1, height - h))];
    if (w * h >= 0.1 * width * height) return { left, top, width: w, height: h };
  }
  return { left: 0, top: 0, width, height };
}

/**
 * The single central crop of each preset, with the share of 7/8 where none is chosen: `tf` that share of each side, aspect not kept (TensorFlow's
 * central_crop); the others the short side to size / share and the central square, where `torchvision` rounds the short side and `timm` (its
 * crop_pct) rounds it down. With a fit the whole picture, by the preset's kernel.
 */
export function evaluationPlan(
  preset: Preset,
  width: number,
  height: number,
  size: number,
  choice: CropChoice = {},
): CropPlan {
  const { share, kernel, fit } = { ...presetCrops[preset], ...choice };
  if (preset !== "tf" && kernel === "tensorflow") throw new RangeError(`${preset} has no kernel of TensorFlow's`);
  if (fit !== undefined) return wholePlan(fit, { width, height }, size, kernel);
  if (preset === "tf") return { crop: centralShare(width, height, share), kernel };
  return shortSide(width, height, shortSides[preset](size, share), size, kernel);
}

/** The long side of a letterboxed picture is the network's, the short one at least a pixel. */
export function wholePlan(fit: Fit, picture: Size, size: number, kernel: Kernel): CropPlan {
  if (fit.name === "squash") return { crop: wholeOf(picture), kernel };
  const scale = size / Math.max(picture.width, picture.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const resize = { width: side(picture.width), height: side(picture.height) };
  return { resize, crop: wholeOf(resize), kernel, fill: fit.fill };
}

/** To how many pixels the short side is resized. */
export const shortSides: Readonly<Record<Exclude<Preset, "tf">, (size: number, share: number) => number>> = {
  torchvision: (size, share) => Math.round(size / share),
  timm: (size, share) => Math.floor(size / share),
};

function centralShare(width: number, height: number, share: number): Box {
  const [left, top] = [Math.floor((width - width * share) / 2), Math.floor((height - height * share) / 2)];
  return { left, top, width: width - 2 * left, height: height - 2 * top };
}

/** A plan for a picture of the size `picture`: of a resized one only the crop is ever computed. */
export const extentOf = ({ resize, crop }: CropPlan, picture: Size, size: number): Extent =>
  resize === undefined
    ? { source: crop, to: { width: size, height: size }, window: { left: 0, top: 0, width: size, height: size } }
    : { source: wholeOf(picture), to: resize, window: crop };

function shortSide(width: number, height: number, side: number, size: number, kernel: Kernel): CropPlan {
  const short = Math.min(width, height);
  const resize = { width: Math.floor((width * side) / short), height: Math.floor((height * side) / short) };
  const [left, top] = [halfToEven(resize.width - size), halfToEven(resize.height - size)];
  return { resize, crop: { left, top, width: size, height: size }, kernel };
}

/** Half of `n` as Python rounds it, and so torchvision's centre crop. */
const halfToEven = (n: number): number => (n % 4 === 3 ? (n + 1) / 2 : Math.floor(n / 2));

function centre(width: number, height: number, wantedWidth: number, wantedHeight: number): Box {
  const [w, h] = [Math.max(1, Math.round(wantedWidth)), Math.max(1, Math.round(wantedHeight))];
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/**
 * What the network's whole input shows, in the picture's own pixels: it reaches over the picture's edges where a fit fills them up.
 * (TensorFlow's kernel, whose grid begins at pixels' corners, shows it less than half a pixel of the input further up and left.)
 */
export function seenBy({ resize, crop, fill }: CropPlan, picture: Size, size: number): Box {
  if (resize === undefined) return crop;
  const [across, down] = [picture.width / resize.width, picture.height / resize.height];
  // A filled-up picture lies in the middle, as `preparePicture` puts it there.
  const left = fill ? -Math.floor((size - crop.width) / 2) : crop.left;
  const top = fill ? -Math.floor((size - crop.height) / 2) : crop.top;
  return { left: left * across, top: top * down, width: size * across, height: size * down };
}
