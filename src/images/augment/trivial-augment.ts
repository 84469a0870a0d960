// TrivialAugment (Wide) of Mueller and Hutter, arXiv 2103.10158: one operation for each picture, of any strength.
import type { Random } from "../random.ts";
import { type Affine, moveX, moveY, shearX, shearY, transform, turn } from "./affine.ts";
import { autoContrast, brightness, contrast, equalize, posterize, saturation, sharpness, solarize } from "./tones.ts";

export type Operation = {
  /** Strengths from which one is drawn; none where the operation has none. */
  readonly magnitudes?: readonly number[];
  /** Whether half of them are taken the other way. */
  readonly signed?: boolean;
  readonly apply: (pixels: Uint8Array, width: number, magnitude: number) => Uint8Array;
};

const bins = 31;

/** From the first to the last at even distances. */
const evenly = (first: number, last: number): number[] =>
  Array.from({ length: bins }, (_, i) => first + ((last - first) * i) / (bins - 1));

const moving = (magnitudes: readonly number[], move: (magnitude: number, side: number) => Affine): Operation => ({
  magnitudes,
  signed: true,
  apply: (pixels, width, magnitude) => transform(pixels, width, move(magnitude, width)),
});
const toning = (tone: (pixels: Uint8Array, magnitude: number, width: number) => void) => ({
  apply: (pixels: Uint8Array, width: number, magnitude: number): Uint8Array => {
    tone(pixels, magnitude, width);
    return pixels;
  },
});
/** A factor of 1 is no change. */
const enhancing = (enhance: (pixels: Uint8Array, factor: number, width: number) => void): Operation => ({
  magnitudes: evenly(0, 0.99),
  signed: true,
  ...toning((pixels, magnitude, width) => enhance(pixels, 1 + magnitude, width)),
});

/** The wide space of the paper's table, in torchvision's order and with its 31 strengths. */
export const operations = {
  identity: { apply: (pixels) => pixels },
  shearX: moving(evenly(0, 0.99), shearX),
  shearY: moving(evenly(0, 0.99), shearY),
  translateX: moving(evenly(0, 32), (by) => moveX(Math.trunc(by))),
  translateY: moving(evenly(0, 32), (by) => moveY(Math.trunc(by))),
  rotate: moving(evenly(0, 135), (degrees, side) => turn(degrees, side, side)),
  brightness: enhancing(brightness),
  color: enhancing(saturation),
  contrast: enhancing(contrast),
  sharpness: enhancing((pixels, factor, width) => sharpness(pixels, width, factor)),
  posterize: {
    magnitudes: Array.from({ length: bins }, (_, i) => 8 - Math.round((6 * i) / (bins - 1))),
    ...toning(posterize),
  },
  solarize: { magnitudes: evenly(255, 0), ...toning(solarize) },
  autoContrast: toning(autoContrast),
  equalize: toning(equalize),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;
const names = Object.keys(operations) as OperationName[];

/** Which operation, with how much: each as likely as any other. */
export function drawOperation(random: Random): { readonly name: OperationName; readonly magnitude: number } {
  const name = names[random.int(names.length)]!;
  const { magnitudes, signed }: Operation = operations[name];
  if (magnitudes === undefined) return { name, magnitude: 0 };
  const magnitude = magnitudes[random.int(bins)]!;
  return { name, magnitude: signed && random.chance(0.5) ? -magnitude : magnitude };
}

/** A square picture after one operation; it may be changed in place. */
export const trivialAugment = (pixels: Uint8Array, width: number, random: Random): Uint8Array => {
  const { name, magnitude } = drawOperation(random);
  return operations[name].apply(pixels, width, magnitude);
};
