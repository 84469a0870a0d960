// Which crops of a picture the published multi-crop evaluations look at. Pure geometry.
import { type CropChoice, type Fit, type Preset, presetCrops, shortSides } from "./crop.ts";
import { type JpegReduction, leastReduced } from "./jpeg-reduction.ts";
import { type Box, type Size, wholeOf } from "./resample/extent.ts";
import { isAntialiased, type Kernel } from "./resample/resample.ts";

export const protocols = ["single", "10", "12", "36", "144"] as const;
export type Protocol = (typeof protocols)[number];
export type MultiCrop = Exclude<Protocol, "single">;
export type Anchor = "centre" | "top left" | "top right" | "bottom left" | "bottom right" | "whole";

export interface Crop {
  /** Short side of the resized picture that it is taken from. */
  readonly scale: number;
  /** Of the three squares along the long side: the first is the left or upper one. */
  readonly square: "first" | "centre" | "last";
  /** In the square; `whole` is all of it. */
  readonly anchor: Anchor;
  /** In pixels of the resized picture; `whole` is then resized to the network's size, the others have it. */
  readonly box: Box;
  readonly mirrored: boolean;
}
/** The picture at one scale, the part of it that is looked at, and what is cropped from that. */
export interface View {
  readonly resize: Size;
  readonly window: Box;
  readonly crops: readonly Crop[];
}

export const cropCounts: Readonly<Record<Protocol, number>> = { single: 1, "10": 10, "12": 12, "36": 36, "144": 144 };

/** After so many crops in the order of `planCrops` a part is whole: a crop and its mirror, a protocol, a scale. */
export const nestedCounts: readonly number[] = [1, 2, 10, 12, 36, 72, 108, 144];

/** Short sides of the resized picture: 8, 9, 10 and 11 sevenths of the crop, so 256, 288, 320, 352 for 224 pixels; halves go up. */
export const scales = (size: number): number[] => [8, 9, 10, 11].map((sevenths) => Math.round((size * sevenths) / 7));

/**
 * The crops of a picture, each followed by its mirror, in an order in which the protocols are nested: the first 10 of 12 are those of `10`, and so on.
 *
 * - `144`: four scales, three squares along the long side of each, in each square the four corners, the centre and the whole square resized, all
 *   of them also mirrored (GoogLeNet, arXiv 1409.4842, section 7).
 * - `36`: the same at the first scale only. Ours: no paper's figures are for it.
 * - `12`: the same in the central square only (our reading of arXiv 1512.00567, table 4).
 * - `10`: the same without the whole square (Krizhevsky et al. 2012).
 *
 * The short side is resized to the scale, the long one rounded; also where that enlarges the picture. Where squares coincide, as in a square
 * picture, all are kept, so that every picture's crops weigh the same.
 */
export function planCrops(protocol: MultiCrop, width: number, height: number, size: number): View[] {
  const { scaleCount, squares, anchors } = schemes[protocol];
  const crops = ({ square, side, left, top }: Square): Crop[] =>
    anchors.flatMap((anchor) => {
      const box = boxes[anchor](side, size);
      const moved = { ...box, left: left + box.left, top: top + box.top };
      return [false, true].map((mirrored) => ({ scale: side, square, anchor, box: moved, mirrored }));
    });
  return scales(size)
    .slice(0, scaleCount)
    .flatMap((side) => resized(side, squares, width, height))
    .map(({ squares: found, ...view }) => ({ ...view, crops: found.flatMap(crops) }));
}

/** How a protocol brings pictures to the network's size, in one sentence for a result. */
export function resizing(
  protocol: Protocol,
  preset: Preset,
  size: number,
  jpegReduction: JpegReduction,
  choice: CropChoice = {},
): string {
  if (protocol === "single") return singleCrop(preset, size, { ...presetCrops[preset], ...choice }, jpegReduction);
  const sides = scales(size).slice(0, schemes[protocol].scaleCount);
  return `short side to ${sides.join(", ")} (round(${size} * k / 7)), long side rounded; ${bilinear}`;
}

const bilinear = "Pillow's bilinear kernel, antialiased";
const kernelWords: Readonly<Record<Kernel, string>> = {
  linear: bilinear,
  cubic: "Pillow's bicubic kernel, antialiased",
  tensorflow: "TensorFlow's bilinear kernel without antialiasing",
};
const reducing: Readonly<Record<JpegReduction, string>> = {
  auto: `; JPEGs ${leastReduced} times as large and more reduced by their decoder`,
  off: "",
};

function singleCrop(
  preset: Preset,
  size: number,
  { share, kernel, fit }: CropChoice & Required<Pick<CropChoice, "share" | "kernel">>,
  jpegReduction: JpegReduction,
): string {
  const words = `${kernelWords[kernel]}${isAntialiased(kernel) ? reducing[jpegReduction] : ""}`;
  if (fit) return `whole picture, ${fitted(fit, size)}, ${words}`;
  if (preset === "tf")
    return `central ${Number((100 * share).toFixed(3))}% of each side to ${size} x ${size}, ${words}`;
  return `short side to ${shortSides[preset](size, share)}, long side rounded down, centre ${size}; ${words}`;
}

const fitted = (fit: Fit, size: number): string =>
  fit.name === "squash"
    ? `squashed to ${size} x ${size}`
    : `long side to ${size}, around it RGB ${fit.fill.join(", ")}`;

type SquareName = Crop["square"];
/** Of a resized picture, `side` pixels wide and high. */
type Square = { readonly square: SquareName; readonly side: number; readonly left: number; readonly top: number };
type Scheme = {
  readonly scaleCount: number;
  readonly squares: readonly SquareName[];
  readonly anchors: readonly Anchor[];
};

const five: readonly Anchor[] = ["centre", "top left", "top right", "bottom left", "bottom right"];
const six: readonly Anchor[] = [...five, "whole"];
const three: readonly SquareName[] = ["centre", "first", "last"];
const schemes: Readonly<Record<MultiCrop, Scheme>> = {
  "10": { scaleCount: 1, squares: ["centre"], anchors: five },
  "12": { scaleCount: 1, squares: ["centre"], anchors: six },
  "36": { scaleCount: 1, squares: three, anchors: six },
  "144": { scaleCount: 4, squares: three, anchors: six },
};

/** From the square's upper left corner. */
const boxes: Readonly<Record<Anchor, (side: number, size: number) => Box>> = {
  centre: (side, size) => at(size, Math.floor((side - size) / 2), Math.floor((side - size) / 2)),
  "top left": (_, size) => at(size, 0, 0),
  "top right": (side, size) => at(size, side - size, 0),
  "bottom left": (side, size) => at(size, 0, side - size),
  "bottom right": (side, size) => at(size, side - size, side - size),
  whole: (side) => at(side, 0, 0),
};
const at = (side: number, left: number, top: number): Box => ({ left, top, width: side, height: side });

const offsets: Readonly<Record<SquareName, (long: number, side: number) => number>> = {
  first: () => 0,
  centre: (long, side) => Math.floor((long - side) / 2),
  last: (long, side) => long - side,
};

/** The picture at one scale with its squares: all of it, or one after the other where it is longer than they are together. */
function resized(
  side: number,
  squares: readonly SquareName[],
  width: number,
  height: number,
): (Omit<View, "crops"> & { squares: Square[] })[] {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const resizedLong = Math.round((long * side) / short);
  const resize = width >= height ? { width: resizedLong, height: side } : { width: side, height: resizedLong };
  const found = squares.map((square): Square => {
    const offset = offsets[square](resizedLong, side);
    return { square, side, ...(width >= height ? { left: offset, top: 0 } : { left: 0, top: offset }) };
  });
  if (resizedLong <= squares.length * side) return [{ resize, window: wholeOf(resize), squares: found }];
  return found.map((square) => {
    const window = { left: square.left, top: square.top, width: side, height: side };
    return { resize, window, squares: [square] };
  });
}
