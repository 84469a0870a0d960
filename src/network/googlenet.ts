// GoogLeNet (arXiv 1409.4842): Table 1, the stem of figure 3, and two auxiliary heads.
import { adaptivePool, averagePool, chain, concat, maxPool, responseNorm, tap } from "./build.ts";
import { canonical } from "./canonical.ts";
import { earlyStem, halvingPool } from "./early-stem.ts";
import { type GoogLeNetSwitches, paperGoogLeNet } from "./early-switches.ts";
import { gridAfter, slide } from "./grid.ts";
import { classifier } from "./heads.ts";
import type { Children, Layer } from "./layer.ts";
import type { GoogLeNetOptions } from "./options.ts";
import { type Unit, type Units, units } from "./unit.ts";

/** The paper gives no constants: these are those of Caffe's reference model. */
const norm = responseNorm(5, 0.0001, 0.75);

/**
 * The network, its layers named as in TF-Slim (`Mixed_3b` is the paper's 3a), its convolutions with bias unless `norm`
 * says otherwise. `size` is the side of the square input in pixels; only the heads depend on it, and only where their
 * pools or convolutions no longer fit their grid.
 */
export function googLeNet(options: GoogLeNetOptions, size: number = canonical.googlenet.size): Layer {
  const switches = { ...paperGoogLeNet, ...options };
  const unit = units({ width: options.width, bnScale: switches.norm === "batch" });
  const { conv, separable, norm } = normed[switches.norm](unit);
  const block = blocks(conv, switches.wideKernel);
  const halve = halvingPool(3, switches.padding);
  const toLower = {
    ...earlyStem(options, { conv, first: { conv, separable } }, { padding: switches.padding, ...norm }),
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
  const body = auxiliaryBodies[switches.auxiliaryPool]({ projection: conv, connected: unit.biased }, grid);
  const classified = classifier({ classes: options.classes, dropout: options.auxiliaryDropout });
  const head = (name: string): Children =>
    options.auxiliary === "off" ? {} : { [name]: tap(chain({ ...body, Logits: classified })) };
  return chain({
    ...toLower,
    ...head("AuxLogits_4b"),
    ...toUpper,
    ...head("AuxLogits_4e"),
    Mixed_4f: block(256, [160, 320], [32, 128], 128),
    // Named alike whatever its window, so that the other layers keep their names.
    MaxPool_5a_3x3: halvingPool(switches.lastPool, switches.padding),
    Mixed_5b: block(256, [160, 320], [32, 128], 128),
    Mixed_5c: block(384, [192, 384], [48, 128], 128),
    Logits: classifier(options),
  });
}

type Normed = Pick<Units, "conv" | "separable"> & { readonly norm: { readonly norm?: Layer } };

const normed: Record<GoogLeNetSwitches["norm"], (units: Units) => Normed> = {
  response: ({ biased, biasedSeparable }) => ({ conv: biased, separable: biasedSeparable, norm: { norm } }),
  batch: batchNormed,
  "batch-offset": batchNormed,
};

function batchNormed({ conv, separable }: Units): Normed {
  return { conv, separable, norm: {} };
}

type Pair = readonly [reduction: number, filters: number];

/** Figure 2b: the numbers of a row of Table 1; the branch `b5x5` keeps its name with a smaller kernel. */
const blocks =
  (conv: Unit, wideKernel: number) =>
  (single: number, [reduce3, three]: Pair, [reduce5, five]: Pair, projection: number): Layer =>
    concat({
      b1x1: conv(single, 1),
      b3x3: chain([conv(reduce3, 1), conv(three, 3)]),
      b5x5: chain([conv(reduce5, 1), conv(five, wideKernel)]),
      pool: chain([maxPool(3), conv(projection, 1)]),
    });

/** The head's 1x1 convolution, and the fully connected layer: a convolution that covers the whole grid, with bias. */
type HeadUnits = { readonly projection: Unit; readonly connected: Unit };

/** All of an auxiliary head but its classifier, by the pool at its beginning, for maps of `grid` x `grid`. */
const auxiliaryBodies: Record<GoogLeNetSwitches["auxiliaryPool"], (units: HeadUnits, grid: number) => Children> = {
  // The pool and the last convolution shrink on grids smaller than 14 x 14; on larger ones its output is averaged.
  window({ projection, connected }, grid) {
    const pool = Math.min(5, grid);
    const window = { stride: Math.min(3, grid), padding: "valid" } as const;
    const kernel = Math.min(4, slide(grid, pool, window));
    return {
      AvgPool_1a_5x5: averagePool(pool, window),
      Conv2d_1b_1x1: projection(128, 1),
      Conv2d_2a_4x4: connected(1024, kernel, { padding: "valid" }),
    };
  },
  adaptive: ({ projection, connected }) => ({
    AvgPool_1a_4x4: adaptivePool(4),
    Conv2d_1b_1x1: projection(128, 1),
    Conv2d_2a_4x4: connected(1024, 4, { padding: "valid" }),
  }),
};
