// The gradient of whole networks, out of the compiled step, against tfjs's autograd through the other interpreter.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { Rule } from "../../src/graph/kernels.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { batchNorm, chain, concat, conv, dense, globalPool, relu, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { needs } from "../needs.ts";
import { type Choices, chosen, signature, watched } from "./choices.ts";
import { distance, random } from "./run.ts";
import {
  gradientsOf,
  type OpenedStep,
  openStep,
  type Pictures,
  pictures,
  plain,
  rule,
  smallBnInception,
  smallGoogLeNet,
  smallNetwork,
} from "./step.ts";
import { useQuickFilterGradient } from "./tfjs-filter-gradient.ts";
import { type Instead, tfjsLoss, tfjsNetwork } from "./tfjs-network.ts";

const classes = 5;
useQuickFilterGradient();

/**
 * Both sides choose alike (`choices.ts`): where rounding carries a ReLU's input over zero or a max pool's second above its first, the
 * gradient jumps, by more the smaller the grid, and no limit is right. What is left is smooth and only rounds. One kernel rounds by 1e-6 of
 * the largest result, ours for convolutions by up to 1e-5; some fifty lie between a picture and a filter's gradient and add up to
 * fifty times that at the worst. Nothing magnifies it where there is no batch norm. A wrong rule is a hundredth off and more.
 */
const withoutNorms: Limits = { tensorflow: 5e-5, own: 5e-4 };
/**
 * A norm over the few cells of the last grids divides by deviations near zero and magnifies by as much what was rounded before it: in the
 * whole of Inception V3, with last grids of one cell, to 8e-4 by TensorFlow's kernels and 1.3e-3 by ours, as measured with AVX2. Six
 * times that, for other orders of adding up.
 */
const withNorms: Limits = { tensorflow: 5e-3, own: 8e-3 };
type Limits = Readonly<Record<Rule, number>>;

const torchvisions = {
  norm: "batch",
  wideKernel: 3,
  lastPool: 2,
  padding: "symmetric",
  auxiliaryPool: "adaptive",
} as const;

const unit = (filters: number) => chain({ conv: conv(filters, 3), batchNorm: batchNorm(true), relu });
const head = chain({ globalPool, dense: dense(classes, 0.5) });
const tapped = chain({
  first: unit(4),
  auxiliary: tap(chain({ unit: unit(3), head })),
  second: concat({ left: unit(3), right: chain([unit(2), conv(3, 1)]) }),
  head,
});

/**
 * No linear part comes right before a convolution without padding: its offset would do nothing that batch norm does not
 * take away, and its gradient be rounding only.
 */
const otherBlocks: Partial<InceptionV3Options> = {
  auxiliary: "no-norm",
  reduction: "conv-pool",
  reductionPool: "avg",
  factorActivation: "linear",
  reduceActivation: "linear",
  block35: "asymmetric",
  block17: "dense3",
  block8: "asymmetric",
  nBlocks35: 1,
  nBlocks17: 1,
  nBlocks8: 1,
};

type Case = [name: string, network: Layer, size: number, limits?: Limits];
const networks: Case[] = [
  ["a tapped network", tapped, 7],
  ["Inception V3", smallNetwork({}, 33), 33],
  [
    "Inception V2, separable stem, no scale, full divisor",
    smallNetwork(
      { name: "inception-v2", stem: "conv7x7-separable", auxiliary: "conv-norm", bnScale: false, poolDivisor: "full" },
      33,
    ),
    33,
  ],
  ["Inception V3 with other, partly linear blocks", smallNetwork(otherBlocks, 29), 29],
  ["GoogLeNet, two heads", buildNetwork(smallGoogLeNet, 32), 32, withoutNorms],
  ["GoogLeNet with torchvision's switches", buildNetwork({ ...smallGoogLeNet, ...torchvisions }, 38), 38],
  ["BN-Inception, 128 maps", buildNetwork({ ...smallBnInception, poolProj4cd: 128 }), 16],
  [
    "BN-Inception, separable stem, no scale, full divisor",
    buildNetwork({
      ...smallBnInception,
      stem: "conv7x7-separable",
      stemNorm: "bias",
      bnScale: false,
      poolDivisor: "full",
    }),
    26,
  ],
];

describe.each(networks)("%s: loss and every gradient", (_, network, size, limits = withNorms) => {
  const oracle = tfjsGradients(network, { ...pictures(3, size, classes), labels: [3, 1, 4] }, size);
  test("kernels: tensorflow", () => compare(network, "tensorflow", oracle, limits));
  test("kernels: own", needs("avx2"), () => compare(network, "own", oracle, limits));
});

describe("pictures left out", () => {
  test("count neither in the losses nor in the gradient of the logits", () => {
    const oracle = tfjsGradients(tapped, { ...pictures(3, 7, classes), labels: [3, -1, 4] }, 7);
    compare(tapped, rule, oracle, withNorms);
  });

  test("a batch of nothing else gives no loss and no gradient", () => {
    const step = startedStep(tapped, 7, 3);
    const figures = step.train({ ...pictures(3, 7, classes), labels: [-1, -1, -1] });
    expect(figures).toEqual({ loss: 0, auxiliaryLoss: 0, correct: 0, regularization: 0, gradientNorm: 0 });
    step.close();
  });
});

/** Weights that leave no gradient near zero: logits far from uniform, scales and offsets of their own. */
function startedStep(network: Layer, size: number, batch: number, kernels: Rule = rule): OpenedStep {
  const step = openStep(network, { size, batch, kernels });
  step.initialize(1);
  const started = [...step.read()].map(
    ([name, { shape, data }], i): [string, { shape: readonly number[]; data: Float32Array }] => {
      const noise = random(shape, i + 1).data;
      if (/beta|bias/.test(name)) return [name, { shape, data: noise.map((value) => value * 0.2) }];
      if (name.endsWith("gamma")) return [name, { shape, data: noise.map((value) => 1 + value * 0.2) }];
      return [name, name.endsWith("dense/kernel") ? { shape, data: noise } : { shape, data }];
    },
  );
  step.write(new Map(started));
  return step;
}

function compare(network: Layer, kernels: Rule, oracle: Oracle, limits: Limits): void {
  const step = startedStep(network, oracle.size, oracle.shown.labels.length, kernels);
  const weights = step.read();
  const { figures, choices } = watched(network, step, oracle.shown);
  const { loss, auxiliaryLoss, gradientNorm } = figures;
  const ours = gradientsOf(step);
  step.close();
  const theirs = oracle.gradients(weights, choices);

  expect((loss + plain.auxiliaryWeight * auxiliaryLoss) / theirs.loss).toBeCloseTo(1, 4);
  expect(ours.size).toBe(theirs.gradients.size);
  const distances = [...ours].map(([name, { data }]) => ({
    name,
    distance: distance(data, theirs.gradients.get(name)!),
  }));
  const worst = distances.reduce((a, b) => (a.distance > b.distance ? a : b));
  expect(worst.distance, worst.name).toBeLessThan(limits[kernels]);
  const norm = Math.sqrt([...theirs.gradients.values()].flatMap((g) => [...g]).reduce((sum, g) => sum + g * g, 0));
  expect(gradientNorm / norm).toBeCloseTo(1, 3);
}

type Found = { readonly loss: number; readonly gradients: ReadonlyMap<string, Float32Array> };
type Oracle = {
  readonly shown: Pictures;
  readonly size: number;
  gradients(weights: NamedTensors, choices: Choices): Found;
};

/** tfjs's gradients of these pictures by the engine's choices, computed again only where a kernel chose otherwise than the one before. */
function tfjsGradients(network: Layer, shown: Pictures, size: number): Oracle {
  const known = new Map<string, Found>();
  return {
    shown,
    size,
    gradients(weights, choices) {
      const key = signature(choices);
      const found = known.get(key) ?? computed(network, weights, shown, size, chosen(choices));
      known.set(key, found);
      return found;
    },
  };
}

function computed(
  network: Layer,
  weights: NamedTensors,
  { images, labels }: Pictures,
  size: number,
  instead: Instead,
): Found {
  const trained = [...weights].filter(([name]) => !name.includes("/moving"));
  const input = tf.tensor4d(
    Float32Array.from(images, (byte) => byte * (2 / 255) - 1),
    [labels.length, size, size, 3],
  );
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const named = new Map(trained.map(([name], i) => [name, tensors[i]!]));
    return tfjsLoss(tfjsNetwork(network, input, named, { instead }), labels, plain);
  })(trained.map(([, { data, shape }]) => tf.tensor(data, [...shape])));
  return {
    loss: value.dataSync()[0]!,
    gradients: new Map(trained.map(([name], i) => [name, grads[i]!.dataSync() as Float32Array])),
  };
}
