// A picture at another size: the one resize of training, evaluation and prediction.
import { type Extent, type Picture, sidesOf } from "./extent.ts";
import { runPasses } from "./passes.ts";
import { resampleTensorflow } from "./tensorflow.ts";
import { cubic, type Filter, linear, weightsOf } from "./weights.ts";

type Resampler = (picture: Picture, extent: Extent) => Uint8Array;

/** Pillow's arithmetic to the last bit: along rows first, bytes between the passes, weights of 22 bits. */
const antialiased =
  (filter: Filter): Resampler =>
  (picture, extent) => {
    const { across, down } = sidesOf(extent, picture);
    return runPasses(picture, weightsOf(filter, across, 3), weightsOf(filter, down, 1));
  };

/**
 * `linear` and `cubic` are Pillow's BILINEAR and BICUBIC, widened to the step when shrinking (antialiased), as torchvision and timm use them;
 * `tensorflow` is resize_bilinear on its old grid, without antialiasing.
 */
const kernels = {
  linear: { isAntialiased: true, resample: antialiased(linear) },
  cubic: { isAntialiased: true, resample: antialiased(cubic) },
  tensorflow: { isAntialiased: false, resample: resampleTensorflow },
} as const satisfies Readonly<Record<string, { readonly isAntialiased: boolean; readonly resample: Resampler }>>;

export type Kernel = keyof typeof kernels;

/** RGB bytes of the extent's window, rows from the top. */
export const resample = (picture: Picture, extent: Extent, kernel: Kernel): Uint8Array =>
  kernels[kernel].resample(picture, extent);

/** Whether every pixel counts when a picture shrinks, so that a reduced one can stand for it. */
export const isAntialiased = (kernel: Kernel): boolean => kernels[kernel].isAntialiased;
