// The first layers, from the image to the 35 x 35 grid of the first Inception blocks.
import { maxPool } from "./build.ts";
import type { Children } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";
import type { Units } from "./unit.ts";

type Stem = InceptionV3Options["stem"];
type Part = (units: Units, stride: 1 | 2) => Children;

const valid = { padding: "valid" } as const;
const halve = maxPool(3, { stride: 2, padding: "valid" });

/** The first convolutions, up to 64 maps of 147 x 147. */
const heads: Record<Stem, Part> = {
  conv7x7: ({ conv }, stride) => ({ Conv2d_1a_7x7: conv(64, 7, { stride, ...valid }) }),
  // Depth multiplier 8, as arXiv 1502.03167 has it.
  "conv7x7-separable": ({ separable }, stride) => ({ Conv2d_1a_7x7: separable(8, 64, 7, { stride, ...valid }) }),
  conv3x3x3: threeConvolutions,
  table1: threeConvolutions,
};

function threeConvolutions({ conv }: Units, stride: 1 | 2): Children {
  return {
    Conv2d_1a_3x3: conv(32, 3, { stride, ...valid }),
    Conv2d_2a_3x3: conv(32, 3, valid),
    Conv2d_2b_3x3: conv(64, 3),
  };
}

/** From 73 x 73 to 35 x 35: 192 maps in the released networks, 288 in Table 1. */
const tails: Record<Stem, (units: Units) => Children> = {
  conv7x7: pooled,
  "conv7x7-separable": pooled,
  conv3x3x3: pooled,
  table1: ({ conv }) => ({
    Conv2d_3b_3x3: conv(80, 3, valid),
    Conv2d_4a_3x3: conv(192, 3, { stride: 2, ...valid }),
    Conv2d_4b_3x3: conv(288, 3),
  }),
};

function pooled({ conv }: Units): Children {
  return { Conv2d_3b_1x1: conv(80, 1), Conv2d_4a_3x3: conv(192, 3, valid), MaxPool_5a_3x3: halve };
}

/** The stem's layers in order, named as in TF-Slim. */
export const stem = (options: InceptionV3Options, units: Units): Children => ({
  ...heads[options.stem](units, options.stemStride),
  ...(options.stemPool ? { MaxPool_3a_3x3: halve } : {}),
  ...tails[options.stem](units),
});
