// The first layers of GoogLeNet and BN-Inception, from the image to 28 x 28 maps of 192 channels.
import { maxPool, type WindowOptions } from "./build.ts";
import type { GoogLeNetSwitches } from "./early-switches.ts";
import type { Children, Layer } from "./layer.ts";
import type { GoogLeNetOptions } from "./options.ts";
import type { Unit, Units } from "./unit.ts";

type Padding = GoogLeNetSwitches["padding"];

/** A pool that halves the grid; on the even grids of 224 pixels both paddings make the same windows. */
export const halvingPool = (kernel: number, padding: Padding): Layer =>
  padding === "same" ? maxPool(kernel, { stride: 2 }) : maxPool(kernel, { stride: 2, padding: "valid", ceil: true });

export const halve = halvingPool(3, "same");

const firstPadding: Record<Padding, WindowOptions> = { same: {}, symmetric: { padding: 3 } };

export type EarlyStemUnits = {
  readonly conv: Unit;
  /** Those of the first layer. */
  readonly first: { readonly conv: Unit; readonly separable: Units["separable"] };
};

/** The layers in order, named as in TF-Slim; `norm` stands after the first pool and before the second (GoogLeNet). */
export function earlyStem(
  { stem, stemStride, stemPool }: Pick<GoogLeNetOptions, "stem" | "stemStride" | "stemPool">,
  { conv, first }: EarlyStemUnits,
  { norm, padding = "same" }: { norm?: Layer; padding?: Padding } = {},
): Children {
  const window = { stride: stemStride, ...firstPadding[padding] };
  const pool = halvingPool(3, padding);
  const firsts = {
    conv7x7: () => first.conv(64, 7, window),
    // Depth multiplier 8 (arXiv 1502.03167, appendix).
    "conv7x7-separable": () => first.separable(8, 64, 7, window),
  };
  return {
    Conv2d_1a_7x7: firsts[stem](),
    ...(stemPool ? { MaxPool_2a_3x3: pool } : {}),
    ...(norm ? { Norm_2a: norm } : {}),
    Conv2d_2b_1x1: conv(64, 1),
    Conv2d_2c_3x3: conv(192, 3),
    ...(norm ? { Norm_2c: norm } : {}),
    MaxPool_3a_3x3: pool,
  };
}
