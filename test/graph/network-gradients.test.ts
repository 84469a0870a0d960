// The gradient of whole networks, out of the compiled step, against tfjs's autograd through the other interpreter.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { Kernels } from "../../src/graph/kernels.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { batchNorm, chain, concat, conv, dense, globalPool, relu, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { distance, random } from "./run.ts";
import {
  gradientsOf,
  type OpenedStep,
  openStep,
  type Pictures,
  pictures,
  plain,
  smallBnInception,
  smallGoogLeNet,
  smallNetwork,
} from "./step.ts";
import { tfjsLoss, tfjsNetwork } from "./tfjs-network.ts";

const classes = 5;

/**
 * Batch norms over a few cells of the last grids magnify the rounding of float32: as measured, the worst gradients of
 * the whole networks are 4e-4 apart and the median 2e-4; those of the tapped network 6e-6 and 3e-7. Where rounding carries
 * one ReLU's input over zero, on a grid of a few cells, everything before it is a hundredth apart: these sizes have no such.
 */
const tolerance = 1e-3;
/** At most 9e-7 apart as measured: nothing magnifies. */
const withoutNorms = 1e-5;
/** Of Inception V3 whole, with the rounding of our own kernels for convolutions: 1.2e-3 as measured. */
const ownConvolutions = 3e-3;

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

type Case = [name: string, network: Layer, size: number, batch: number, tolerance?: number, kernels?: Kernels];
const networks: Case[] = [
  ["a tapped network", tapped, 7, 3],
  ["Inception V3", smallNetwork({}, 29), 29, 3, tolerance, "tensorflow"],
  ["Inception V3, our own convolutions", smallNetwork({}, 33), 33, 3, ownConvolutions],
  [
    "Inception V2, separable stem, no scale, full divisor",
    smallNetwork(
      { name: "inception-v2", stem: "conv7x7-separable", auxiliary: "conv-norm", bnScale: false, poolDivisor: "full" },
      33,
    ),
    33,
    3,
    tolerance,
    "tensorflow",
  ],
  ["Inception V3 with other, partly linear blocks", smallNetwork(otherBlocks, 29), 29, 3],
  ["GoogLeNet, two heads", buildNetwork(smallGoogLeNet, 32), 32, 3, withoutNorms],
  ["BN-Inception, 128 maps", buildNetwork({ ...smallBnInception, poolProj4cd: 128 }), 16, 3],
  [
    "BN-Inception, separable stem, no scale, full divisor",
    buildNetwork({ ...smallBnInception, stem: "conv7x7-separable", bnScale: false, poolDivisor: "full" }),
    26,
    3,
  ],
];

test.each(networks)("%s: loss and every gradient", (_, network, size, batch, apart = tolerance, kernels = "own") => {
  const step = startedStep(network, size, batch, kernels);
  const input = { ...pictures(batch, size, classes), labels: [3, 1, 4].slice(0, batch) };
  compare(network, step, input, size, apart);
});

describe("pictures left out", () => {
  test("count neither in the losses nor in the gradient of the logits", () => {
    const step = startedStep(tapped, 7, 3);
    compare(tapped, step, { ...pictures(3, 7, classes), labels: [3, -1, 4] }, 7);
  });

  test("a batch of nothing else gives no loss and no gradient", () => {
    const step = startedStep(tapped, 7, 3);
    const figures = step.train({ ...pictures(3, 7, classes), labels: [-1, -1, -1] });
    expect(figures).toEqual({ loss: 0, auxiliaryLoss: 0, correct: 0, regularization: 0, gradientNorm: 0 });
    step.close();
  });
});

/** Weights that leave no gradient near zero: logits far from uniform, scales and offsets of their own. */
function startedStep(network: Layer, size: number, batch: number, kernels: Kernels = "own"): OpenedStep {
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

function compare(
  network: Layer,
  step: OpenedStep,
  { images, labels }: Pictures,
  size: number,
  apart = tolerance,
): void {
  const weights = step.read();
  const { loss, auxiliaryLoss, gradientNorm } = step.train({ images, labels });
  const ours = gradientsOf(step);
  step.close();
  const theirs = tfjsGradients(network, weights, { images, labels }, size);

  expect((loss + plain.auxiliaryWeight * auxiliaryLoss) / theirs.loss).toBeCloseTo(1, 4);
  expect(ours.size).toBe(theirs.gradients.size);
  const distances = [...ours].map(([name, { data }]) => ({
    name,
    distance: distance(data, theirs.gradients.get(name)!),
  }));
  const worst = distances.reduce((a, b) => (a.distance > b.distance ? a : b));
  expect(worst.distance, worst.name).toBeLessThan(apart);
  const norm = Math.sqrt([...theirs.gradients.values()].flatMap((g) => [...g]).reduce((sum, g) => sum + g * g, 0));
  expect(gradientNorm / norm).toBeCloseTo(1, 3);
}

function tfjsGradients(network: Layer, weights: NamedTensors, { images, labels }: Pictures, size: number) {
  const trained = [...weights].filter(([name]) => !name.includes("/moving"));
  const input = tf.tensor4d(
    Float32Array.from(images, (byte) => byte * (2 / 255) - 1),
    [labels.length, size, size, 3],
  );
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
    tfjsLoss(tfjsNetwork(network, input, new Map(trained.map(([name], i) => [name, tensors[i]!]))), labels, plain),
  )(trained.map(([, { data, shape }]) => tf.tensor(data, [...shape])));
  return {
    loss: value.dataSync()[0]!,
    gradients: new Map(trained.map(([name], i) => [name, grads[i]!.dataSync() as Float32Array])),
  };
}
