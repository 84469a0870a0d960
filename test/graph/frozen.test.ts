// Frozen layers in the compiled step: what is built below them, how they normalize, and what no longer counts.
import { afterAll, describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import { classificationLoss } from "../../src/graph/loss.ts";
import * as op from "../../src/graph/operations.ts";
import { isBelow, layOut, type NamedTensors } from "../../src/graph/state.ts";
import type { TrainingOptions } from "../../src/graph/training-options.ts";
import { trainingProgram } from "../../src/graph/training-program.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { batchNorm, bias, chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { distance, random } from "./run.ts";
import { gradientsOf, type OpenedStep, openStep, pictures, plain } from "./step.ts";

const size = 6;
const classes = 3;
const unit = (filters: number, kernel: number): Layer =>
  chain({ conv: conv(filters, kernel), batchNorm: batchNorm(true), relu });
const network = chain({ a: unit(8, 3), b: unit(8, 1), c: unit(8, 3), pool: globalPool, dense: dense(classes) });
const shown = pictures(4, size, classes);

const opened: OpenedStep[] = [];
afterAll(() => {
  for (const step of opened) step.close();
});
function open(tree: Layer, options: Partial<TrainingOptions> = {}): OpenedStep {
  const step = openStep(tree, { size, batch: 4, ...options });
  opened.push(step);
  step.initialize(1);
  return step;
}

/** The backward operations that the gradients of what trains are computed with. */
function backwardOps(frozen: readonly string[], kernels: TrainingOptions["kernels"]): string[] {
  const graph = new Graph();
  const all = variables(network, { height: size, width: size, channels: 3 });
  const weights = new Map(
    all.map(({ name, shape }) => [name, op.identity(graph, op.filled(graph, shape, 1), name)] as const),
  );
  const images = op.placeholder(graph, "images", "float32", [4, size, size, 3]);
  const outputs = forward(network, images, {
    graph,
    precision: "float32",
    kernels,
    weight: (name) => weights.get(name)!,
    training: { seed: op.placeholder(graph, "seed", "int32", [2]), isFrozen: isBelow(frozen) },
  });
  const labels = op.placeholder(graph, "labels", "int32", [4]);
  const loss = classificationLoss(graph, outputs, labels, { labelSmoothing: 0, auxiliaryWeight: 0 });
  const { kernels: decayed, scalars } = layOut(all, frozen);
  const wrt = [...decayed.extents, ...scalars.extents].map(({ variable }) => weights.get(variable.name)!);
  const found = gradients(graph, loss.total, wrt, kernels);
  const needed = new Set(found.map(({ node }) => node));
  for (const node of needed) for (const { node: input } of node.inputs) needed.add(input);
  return [...needed].map(({ op }) => op).filter((name) => /Grad|Backprop/.test(name));
}
const count = (names: readonly string[], pattern: RegExp): number => names.filter((name) => pattern.test(name)).length;

describe("the backward pass", () => {
  test.each(["tensorflow", "own"] as const)("stops above the frozen layers, with the kernels %s", (kernels) => {
    const filters = /FilterGradient|BackpropFilter/;
    const norms = /BatchNorm.*Grad/;
    const whole = backwardOps([], kernels);
    expect([count(whole, filters), count(whole, norms)]).toEqual([3, 3]);
    const top = backwardOps(["a", "b"], kernels);
    expect([count(top, filters), count(top, norms), count(top, /BackpropInput/)]).toEqual([1, 1, 0]);
    const head = backwardOps(["a", "b", "c"], kernels);
    expect(head).toEqual(["BiasAddGrad"]);
  });

  test("goes through frozen layers to those that train below them, without a gradient of theirs", () => {
    const through = backwardOps(["b", "c"], "tensorflow");
    expect(count(through, /BackpropFilter/)).toBe(1);
    expect(count(through, /BackpropInput/)).toBe(2);
    expect(count(through, /BatchNorm.*Grad/)).toBe(1);
  });
});

describe("a frozen batch norm", () => {
  /** Batch norm with stored statistics is a 1x1 convolution with a bias: the same function, and the same gradient below it. */
  const folded = chain({
    a: conv(8, 3),
    n: chain({ conv: conv(8, 1), bias }),
    relu,
    pool: globalPool,
    dense: dense(classes),
  });
  const normed = chain({ a: conv(8, 3), n: batchNorm(true), relu, pool: globalPool, dense: dense(classes) });
  const channel = (seed: number, shift: number) => random([8], seed).data.map((value) => value / 4 + shift);
  const [gamma, beta, mean, variance] = [channel(1, 1), channel(2, 0.5), channel(3, 0), channel(4, 1)];
  const factor = variance.map((value, c) => gamma[c]! / Math.sqrt(value + 0.001));
  const vector = (data: Float32Array) => ({ shape: [8], data });

  test.each(["tensorflow", "own"] as const)("normalizes by its stored statistics, with the kernels %s", (kernels) => {
    const one = open(normed, { frozen: ["n"], kernels });
    const other = open(folded, { frozen: ["n"], kernels });
    const shared = [...one.read()].filter(([name]) => /^(a|dense)\//.test(name));
    const norm: NamedTensors = new Map([
      ["n/gamma", vector(gamma)],
      ["n/beta", vector(beta)],
      ["n/movingMean", vector(mean)],
      ["n/movingVariance", vector(variance)],
    ]);
    one.write(norm);
    const diagonal = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? factor[i / 9]! : 0));
    other.write(
      new Map([
        ...shared,
        ["n/conv/kernel", { shape: [1, 1, 8, 8], data: diagonal }],
        ["n/bias/bias", vector(beta.map((value, c) => value - mean[c]! * factor[c]!))],
      ]),
    );
    const [figures, expected] = [one.train(shown), other.train(shown)];
    expect(figures.loss).toBeCloseTo(expected.loss, 5);
    const [found, wanted] = [gradientsOf(one), gradientsOf(other)];
    expect([...found.keys()].sort()).toEqual(["a/kernel", "dense/bias", "dense/kernel"]);
    // A few sums of at most 216 products: some 1e-6 of rounding.
    for (const [name, { data }] of found) expect(distance(data, wanted.get(name)!.data), name).toBeLessThan(1e-5);
    for (const [name, { data }] of norm) expect(one.read().get(name)!.data, name).toEqual(data);
  });
});

describe("weight decay and clipping", () => {
  const frozen = ["a", "b"];
  test("count only what trains", () => {
    const step = open(network, { frozen, weightDecay: 1, clipNorm: 1e-3, optimizer: { name: "sgd" } });
    const kernels = [...step.read()].filter(([name]) => name.endsWith("/kernel") && !isBelow(frozen)(name));
    expect(kernels.map(([name]) => name)).toEqual(["c/conv/kernel", "dense/kernel"]);
    const half = kernels.flatMap(([, { data }]) => [...data]).reduce((sum, weight) => sum + weight ** 2, 0) / 2;
    const before = step.read();
    const { regularization } = step.train(shown, { learningRate: 1 });
    expect(regularization).toBeCloseTo(half, 4);
    const moved = [...step.read()].flatMap(([name, { data }]) =>
      /moving/.test(name) ? [] : [...data].map((weight, i) => weight - before.get(name)!.data[i]!),
    );
    // The whole step is as long as the limit says: nothing of it went to frozen weights.
    expect(Math.hypot(...moved)).toBeCloseTo(1e-3, 6);
  });
});

test("what is not there cannot be frozen, nor can all of it", () => {
  const compile = (frozen: string[]) => trainingProgram(network, { ...plain, size, batch: 4, frozen });
  expect(() => compile(["a/conv", "d"])).toThrow("no variable lies below d");
  expect(() => compile(["a", "b", "c", "dense"])).toThrow("nothing is left to train");
});
