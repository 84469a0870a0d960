// The first layers of GoogLeNet and BN-Inception, from the image to 28 x 28 maps of 192 channels.
import { maxPool } from "./build.ts";
import type { Children, Layer } from "./layer.ts";
import type { GoogLeNetOptions } from "./options.ts";
import type { Units } from "./unit.ts";

/** Padded: on even grids, as they are at 224 pixels, these are the windows of a pool that rounds up. */
export const halve = maxPool(3, { stride: 2 });

/** The layers in order, named as in TF-Slim; `norm` stands after the first pool and before the second (GoogLeNet). */
export function earlyStem(
  { stem, stemStride, stemPool }: Pick<GoogLeNetOptions, "stem" | "stemStride" | "stemPool">,
  { conv, separable }: Pick<Units, "conv" | "separable">,
  norm?: Layer,
): Children {
  const first = {
    conv7x7: conv(64, 7, { stride: stemStride }),
    // Depth multiplier 8 (arXiv 1502.03167, appendix).
    "conv7x7-separable": separable(8, 64, 7, { stride: stemStride }),
  };
  return {
    Conv2d_1a_7x7: first[stem],
    ...(stemPool ? { MaxPool_2a_3x3: halve } : {}),
    ...(norm ? { Norm_2a: norm } : {}),
    Conv2d_2b_1x1: conv(64, 1),
    Conv2d_2c_3x3: conv(192, 3),
    ...(norm ? { Norm_2c: norm } : {}),
    MaxPool_3a_3x3: halve,
  };
}
