// GoogLeNet (arXiv 1409.4842): Table 1, the stem of figure 3, and two auxiliary heads.
import { averagePool, chain, concat, maxPool, responseNorm, tap } from "./build.ts";
import { canonical } from "./canonical.ts";
import { earlyStem, halve } from "./early-stem.ts";
import { gridAfter, slide } from "./grid.ts";
import { classifier } from "./heads.ts";
import type { Children, Layer } from "./layer.ts";
import type { GoogLeNetOptions } from "./options.ts";
import { type Unit, units } from "./unit.ts";

/** The paper gives no constants: these are those of Caffe's reference model. */
const norm = responseNorm(5, 0.0001, 0.75);

/**
 * The network, its layers named as in TF-Slim (`Mixed_3b` is the paper's 3a), its convolutions with bias. `size` is the
 * side of the square input in pixels; only the heads depend on it, and only where their pools or convolutions no longer
 * fit their grid.
 */
export function googLeNet(options: GoogLeNetOptions, size: number = canonical.googlenet.size): Layer {
  const { biased: conv, biasedSeparable: separable } = units({ width: options.width, bnScale: false });
  const block = blocks(conv);
  const toLower = {
    ...earlyStem(options, { conv, separable }, norm),
    Mixed_3b: block(64, [96, 128], [16, 32], 32),
    Mixed_3c: block(128, [128, 192], [32, 96], 64),
    MaxPool_4a_3x3: halve,
    Mixed_4b: block(192, [96, 208], [16, 48], 64),
  };
  const toUpper = {
    Mixed_4c: block(160, [112, 224], [24, 64], 64),
    Mixed_4d: block(128, [128, 256], [24, 64], 64),
    Mixed_4e: block(112, [144, 288], [32, 64], 64),
  };
  const grid = gridAfter(chain(toLower), size);
  const head = (name: string): Children =>
    options.auxiliary === "off" ? {} : { [name]: tap(auxiliaryHead(options, conv, grid)) };
  return chain({
    ...toLower,
    ...head("AuxLogits_4b"),
    ...toUpper,
    ...head("AuxLogits_4e"),
    Mixed_4f: block(256, [160, 320], [32, 128], 128),
    MaxPool_5a_3x3: halve,
    Mixed_5b: block(256, [160, 320], [32, 128], 128),
    Mixed_5c: block(384, [192, 384], [48, 128], 128),
    Logits: classifier(options),
  });
}

type Pair = readonly [reduction: number, filters: number];

/** Figure 2b: the numbers of a row of Table 1. */
const blocks =
  (conv: Unit) =>
  (single: number, [reduce3, three]: Pair, [reduce5, five]: Pair, projection: number): Layer =>
    concat({
      b1x1: conv(single, 1),
      b3x3: chain([conv(reduce3, 1), conv(three, 3)]),
      b5x5: chain([conv(reduce5, 1), conv(five, 5)]),
      pool: chain([maxPool(3), conv(projection, 1)]),
    });

/**
 * 5x5/3 average pool, 1x1 convolution, a fully connected layer (here a convolution that covers the pool's whole grid),
 * and a classifier. The pool and the convolution shrink on grids smaller than 14 x 14; on larger ones the convolution's
 * output is averaged.
 */
function auxiliaryHead(options: GoogLeNetOptions, conv: Unit, grid: number): Layer {
  const pool = Math.min(5, grid);
  const window = { stride: Math.min(3, grid), padding: "valid" } as const;
  const kernel = Math.min(4, slide(grid, pool, window));
  return chain({
    AvgPool_1a_5x5: averagePool(pool, window),
    Conv2d_1b_1x1: conv(128, 1),
    Conv2d_2a_4x4: conv(1024, kernel, { padding: "valid" }),
    Logits: classifier({ classes: options.classes, dropout: options.auxiliaryDropout }),
  });
}
