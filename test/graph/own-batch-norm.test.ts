// The project's own batch norm against TensorFlow's: results, statistics, gradients, ReLU.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import type { Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { hasOwnBatchNorm, ownBatchNorm, rectified } from "../../src/graph/own-batch-norm.ts";
import { distance, type NdArray, random, run, sameBits } from "./run.ts";

const tolerance = 5e-6;
const epsilon = 1e-3;
const parts = ["y", "mean", "variance", "dx", "dScale", "dOffset"] as const;
type Found = Record<(typeof parts)[number], Float32Array>;
type Inputs = Record<"x" | "scale" | "offset", NdArray>;
type Norm = (graph: Graph, inputs: readonly [Value, Value, Value], relu: boolean) => readonly Value[];

function tensorFlows(graph: Graph, inputs: readonly [Value, Value, Value], relu: boolean): readonly Value[] {
  const none = op.filled(graph, [0], 0);
  const [y, ...statistics] = op.fusedBatchNorm(graph, [...inputs, none, none], { epsilon, training: true });
  return [relu ? op.relu(graph, y!) : y!, ...statistics];
}
function ours(graph: Graph, inputs: readonly [Value, Value, Value], relu: boolean): readonly Value[] {
  const outputs = ownBatchNorm(graph, inputs, epsilon);
  return relu ? rectified(graph, outputs[0]!)! : outputs;
}
function onOneThread(graph: Graph, inputs: readonly [Value, Value, Value], relu: boolean): readonly Value[] {
  const { op, attributes } = ours(graph, inputs, relu)[0]!.node;
  return graph.add({ op, inputs, attributes: { ...attributes, threads: { int: 1 } } });
}
const norms: readonly [Norm, Kernels][] = [
  [tensorFlows, "tensorflow"],
  [ours, "own"],
  [onOneThread, "own"],
];

/**
 * TensorFlow's, ours, and ours on one thread. The loss weighs every result differently, and not at all those so near zero that rounding
 * decides what the ReLU lets through.
 */
function normalized(inputs: Inputs, relu: boolean): Found[] {
  const weights = random(inputs.x.shape, 4);
  const found = run<string, string>({ ...inputs, weights }, (graph, { x, scale, offset, weights }) => {
    const [plainly] = tensorFlows(graph, [x!, scale!, offset!], false);
    const clear = op.greaterEqual(graph, op.multiply(graph, plainly!, plainly!), op.scalar(graph, 1e-8));
    const weighed = op.multiply(graph, weights!, op.cast(graph, clear, "float32"));
    const pieces = norms.map(([norm, kernels], i) => {
      const [y, mean, variance] = norm(graph, [x!, scale!, offset!], relu);
      const loss = op.sum(graph, op.multiply(graph, y!, weighed), [0, 1, 2, 3]);
      const [dx, dScale, dOffset] = gradients(graph, loss, [x!, scale!, offset!], kernels);
      const all = { y, mean, variance, dx, dScale, dOffset };
      return Object.fromEntries(parts.map((part) => [`${part}${i}`, all[part]!]));
    });
    return Object.assign({}, ...pieces);
  });
  return norms.map((_, i) => Object.fromEntries(parts.map((part) => [part, found[`${part}${i}`]!.data])) as Found);
}

const inputsOf = (map: readonly number[]): Inputs => ({
  x: random(map, 1),
  scale: random([map[3]!], 2),
  offset: random([map[3]!], 3),
});

function agree([theirs, own, alone]: Found[], what = ""): void {
  for (const part of parts) expect(distance(own![part], theirs![part]), `${part} ${what}`).toBeLessThan(tolerance);
  for (const part of parts) expect(sameBits(alone![part], own![part]), `${part} ${what}`).toBe(true);
}

describe.each([true, false])("with ReLU: %s", (relu) => {
  test.each([
    ["one stretch of pixels", [2, 5, 7, 16]],
    ["a stretch and a pixel, in as many channels as make a vector", [1, 4097, 1, 16]],
    ["many stretches", [3, 61, 53, 48]],
    ["one pixel to a stretch", [2, 2, 2, 33000]],
    ["channels that do not fill their last vector", [4, 31, 33, 35]],
  ])("%s", (_, map) => agree(normalized(inputsOf(map), relu)));

  test("any map", () => {
    const side = fc.integer({ min: 1, max: 20 });
    const any = fc.tuple(fc.integer({ min: 2, max: 6 }), side, side, fc.integer({ min: 16, max: 70 }));
    fc.assert(
      fc.property(any, (map) => agree(normalized(inputsOf(map), relu), JSON.stringify(map))),
      { numRuns: 20, seed: 7 },
    );
  });
});

test("mean and variance of numbers far from zero and close together", () => {
  const inputs = inputsOf([4, 40, 40, 24]);
  const far = { ...inputs.x, data: inputs.x.data.map((value) => 1000 + value / 8) };
  const [, own] = normalized({ ...inputs, x: far }, false);
  for (let channel = 0; channel < 24; channel++) {
    const numbers = [...far.data.filter((_, i) => i % 24 === channel)];
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / (numbers.length - 1);
    expect(Math.abs(own!.mean[channel]! / mean - 1)).toBeLessThan(1e-7);
    expect(Math.abs(own!.variance[channel]! / variance - 1)).toBeLessThan(5e-6);
  }
});

test("a NaN stays one, in its channel", () => {
  const inputs = inputsOf([2, 3, 3, 16]);
  const x = { ...inputs.x, data: inputs.x.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
  const { y } = run({ ...inputs, x }, (graph, { x, scale, offset }) => ({
    y: rectified(graph, ownBatchNorm(graph, [x, scale, offset], epsilon)[0]!)![0]!,
  }));
  expect([...y.data].map(Number.isNaN)).toEqual([...y.data].map((_, i) => i % 16 === 5));
});

test("maps of at least sixteen channels only, where the project's kernels run", () => {
  const graph = new Graph();
  const map = (channels: number) => op.filled(graph, [1, 2, 2, channels], 1);
  expect(hasOwnBatchNorm("own", map(16))).toBe(true);
  expect(hasOwnBatchNorm("own", map(15))).toBe(false);
  expect(hasOwnBatchNorm("own", op.cast(graph, map(16), "bfloat16"))).toBe(true);
  expect(hasOwnBatchNorm("tensorflow", map(16))).toBe(false);
  expect(rectified(graph, map(8))).toBeUndefined();
});
