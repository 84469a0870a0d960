// What programs make of a picture's bytes before a network sees them.
import { type Pixels, type Preprocessing, unitRange } from "../network/preprocessing.ts";
import type { PixelsName } from "../published/choices.ts";
import type { ForeignNetwork } from "./sources/source.ts";

export { unitRange } from "../network/preprocessing.ts";

/** Caffe's GoogLeNet: blue first, 0 to 255, minus the mean of ImageNet. */
export const meanSubtracted: Pixels = { order: "BGR", scale: 1, mean: [104, 117, 123], deviation: [1, 1, 1] };

/** By name, for weights that were trained otherwise than their program's own. */
export const namedPixels: Readonly<Record<PixelsName, Pixels>> = {
  unit: unitRange,
  "zero-one": { order: "RGB", scale: 1 / 255, mean: [0, 0, 0], deviation: [1, 1, 1] },
  imagenet: { order: "RGB", scale: 1 / 255, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  caffe: meanSubtracted,
};

/** How pictures reach imported weights. Every pixel is read, as those programs do. */
export const importedPictures = (
  { preprocessing }: Pick<ForeignNetwork, "preprocessing">,
  pixels: PixelsName | undefined,
): Preprocessing => ({
  ...preprocessing,
  ...(pixels === undefined ? {} : namedPixels[pixels]),
  fit: "crop",
  jpegReduction: "off",
});
