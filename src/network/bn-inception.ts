// BN-Inception (arXiv 1502.03167, figure 5 of its appendix); TF-Slim calls it inception_v2.
import { averagePool, chain, concat, maxPool } from "./build.ts";
import { earlyStem, halve } from "./early-stem.ts";
import { type BnInceptionSwitches, paperBnInception } from "./early-switches.ts";
import { classifier } from "./heads.ts";
import type { Layer } from "./layer.ts";
import type { BnInceptionOptions } from "./options.ts";
import { type Unit, type Units, units } from "./unit.ts";

/** The network, its layers named as in TF-Slim: `Mixed_3b` is the paper's 3a, `Mixed_4a` its 3c. */
export function bnInception(options: BnInceptionOptions): Layer {
  const unit = units(options);
  const block = blocks(unit.conv);
  const reduction = reductions(unit.conv);
  const average = averagePool(3, { divisor: options.poolDivisor });
  const { poolProj4cd, stemNorm } = { ...paperBnInception, ...options };
  return chain({
    ...earlyStem(options, { conv: unit.conv, first: firstUnits[stemNorm](unit) }),
    Mixed_3b: block(64, [64, 64], [64, 96], [average, 32]),
    Mixed_3c: block(64, [64, 96], [64, 96], [average, 64]),
    Mixed_4a: reduction([128, 160], [64, 96]),
    Mixed_4b: block(224, [64, 96], [96, 128], [average, 128]),
    Mixed_4c: block(192, [96, 128], [96, 128], [average, 128]),
    Mixed_4d: block(160, [128, 160], [128, 160], [average, poolProj4cd]),
    Mixed_4e: block(96, [128, 192], [160, 192], [average, poolProj4cd]),
    Mixed_5a: reduction([128, 192], [192, 256]),
    Mixed_5b: block(352, [192, 320], [160, 224], [average, 128]),
    Mixed_5c: block(352, [192, 320], [192, 224], [maxPool(3), 128]),
    Logits: classifier(options),
  });
}

const firstUnits: Record<BnInceptionSwitches["stemNorm"], (units: Units) => Pick<Units, "conv" | "separable">> = {
  batch: (units) => units,
  bias: ({ biased, biasedSeparable }) => ({ conv: biased, separable: biasedSeparable }),
};

type Pair = readonly [reduction: number, filters: number];

/** GoogLeNet's block with two 3x3 convolutions for its 5x5. */
const blocks =
  (conv: Unit) =>
  (single: number, [reduce, filters]: Pair, [reduceDouble, double]: Pair, [pool, projection]: [Layer, number]): Layer =>
    concat({
      b1x1: conv(single, 1),
      b3x3: chain([conv(reduce, 1), conv(filters, 3)]),
      b3x3dbl: chain([conv(reduceDouble, 1), conv(double, 3), conv(double, 3)]),
      pool: chain([pool, conv(projection, 1)]),
    });

/** Half the grid: stride 2 in the last convolution of both branches, and the input's maps pooled. */
const reductions =
  (conv: Unit) =>
  ([reduce, filters]: Pair, [reduceDouble, double]: Pair): Layer =>
    concat({
      b3x3: chain([conv(reduce, 1), conv(filters, 3, { stride: 2 })]),
      b3x3dbl: chain([conv(reduceDouble, 1), conv(double, 3), conv(double, 3, { stride: 2 })]),
      pool: halve,
    });
