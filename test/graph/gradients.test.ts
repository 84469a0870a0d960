import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { definitions } from "../../src/graph/definitions/table.ts";
import { forward } from "../../src/graph/forward.ts";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import type { Dims, Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { chain, dropout } from "../../src/network/build.ts";
import { needs } from "../needs.ts";
import { anyOperation } from "./any-operation.ts";
import { type OperationCase, operationCases } from "./operation-cases.ts";
import { distance, mapped, type Named, type NdArray, names, random, run } from "./run.ts";
import { ownKernelsRun } from "./step.ts";

/**
 * A sum of n products of numbers around 1 ends about 2^-24 * n^(1/2) of its size from the exact one, in whatever order it is added:
 * 2e-6 for the thousand of the longest here. Five times that; a wrong rule is a hundredth off and more.
 */
const tolerance = 1e-5;
/** Cook-Toom convolutions: up to 1e-5 of the largest result. */
const ownConvolutions = 3e-5;

const formulations: readonly Kernels[] = ownKernelsRun ? ["tensorflow", "own"] : ["tensorflow"];

const sampled = Object.entries(anyOperation).map(([kind, any]) => ({
  kind,
  runs: ownKernelsRun || !kind.startsWith("our"),
  cases: fc.sample(any, { numRuns: 10, seed: 7 }),
}));
let compiled: ReturnType<typeof differences>;

function agree(operation: OperationCase, limit = tolerance): void {
  const found = compiled.of.get(operation)!;
  expect(found.shapes.engine, operation.name).toEqual(found.shapes.oracle);
  expect(found.shapes.definition, operation.name).toEqual(found.shapes.oracle);
  for (const [what, difference] of Object.entries(found.differences))
    expect(difference, `${operation.name}: ${what}`).toBeLessThan(limit);
}

describe("agrees with tfjs, forward and backward, filters by TensorFlow's kernels and by ours:", () => {
  beforeAll(() => {
    compiled = differences([...operationCases, ...sampled.flatMap(({ runs, cases }) => (runs ? cases : []))]);
  });
  test.each(operationCases)("$name", (operation) => agree(operation));
  for (const { kind, runs, cases } of sampled)
    test(`any ${kind}`, runs ? {} : needs("avx2"), () => {
      for (const operation of cases) agree(operation, kind === "ourConvolution" ? ownConvolutions : tolerance);
    });

  test("every operation that has a gradient is among them", needs("avx2"), () => {
    const ruled = Object.entries(definitions).flatMap(([name, { gradient }]) =>
      gradient instanceof Function ? [name] : [],
    );
    expect(ruled.filter((name) => !compiled.operations.has(name))).toEqual([]);
  });
});

describe("dropout", () => {
  const x = random([4, 1, 1, 250], 1);
  const masked = (rate: number, seed: readonly [number, number], layers = 1) =>
    run({ x, dy: random([4, 250], 2) }, (graph, { x, dy }) => {
      const network = chain(Array(layers).fill(dropout(rate)));
      const training = { seed: op.integers(graph, seed) };
      const { logits } = forward(network, x, {
        graph,
        precision: "float32",
        kernels: "tensorflow",
        weight: () => x,
        training,
      });
      return { y: logits, dx: backward(graph, logits, dy, [x])[0]! };
    });
  const mask = ({ y }: Named<NdArray, "y">) => y.data.map((value, i) => value / x.data[i]!);

  test("drops its share, scales what is left, and the gradient passes the same mask", () => {
    const { y, dx } = masked(0.25, [3, 4]);
    const dy = random([4, 250], 2).data;
    const kept = mask({ y });
    expect(kept.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    expect(kept.filter((value) => value > 0).length / 1000).toBeCloseTo(0.75, 1);
    expect(
      distance(
        dx.data,
        dy.map((value, i) => value * kept[i]!),
      ),
    ).toBeLessThan(1e-6);
  });

  test("is a pure function of the seed, and differs from layer to layer", () => {
    const kept = mask(masked(0.5, [3, 4]));
    expect(mask(masked(0.5, [3, 4]))).toEqual(kept);
    expect(mask(masked(0.5, [3, 5]))).not.toEqual(kept);
    expect(mask(masked(0.5, [4, 4]))).not.toEqual(kept);
    const both = mask(masked(0.5, [3, 4], 2));
    expect(both.filter((value) => value > 0).length / 1000).toBeCloseTo(0.25, 1);
    expect(both.every((value, i) => value === 0 || kept[i]! > 0)).toBe(true);
  });

  test("does nothing at rate 0", () => {
    expect(mask(masked(0, [3, 4])).every((value) => value === 1)).toBe(true);
  });
});

test("a cast to bfloat16 and back passes the gradient on, rounded", () => {
  const inputs = { x: random([3, 5], 1), dy: random([3, 5], 2) };
  const { y, dx } = run(inputs, (graph, { x, dy }) => {
    const y = op.cast(graph, op.relu(graph, op.cast(graph, x, "bfloat16")), "float32");
    return { y, dx: backward(graph, y, dy, [x])[0]! };
  });
  expect([...y.data]).toEqual([...inputs.x.data].map((value) => Math.max(0, rounded(value))));
  expect([...dx.data].map((value) => value + 0)).toEqual(
    [...inputs.dy.data].map((value, i) => (inputs.x.data[i]! > 0 ? rounded(value) : 0)),
  );
});

test("gradients that meet are added two at a time, and marked so that TensorFlow does not make an AddN of them", () => {
  const graph = new Graph();
  const x = op.placeholder(graph, "x", "float32", [2, 3]);
  const joined = op.concat(graph, [x, op.relu(graph, x), op.multiply(graph, x, x)], 1);
  gradients(graph, op.sum(graph, joined, [0, 1]), [x]);
  const sums = graph.nodes.filter(({ op }) => op === "AddV2");
  expect(sums).toHaveLength(3);
  for (const { attributes } of sums)
    expect(attributes).toHaveProperty("_grappler_ArithmeticOptimizer_AddOpsRewriteStage", { bool: true });
});

describe("what cannot be differentiated is said", () => {
  const graph = new Graph();
  const x = op.placeholder(graph, "x", "float32", [2]);
  const all = (value: Value) => op.sum(graph, value, [...value.shape.keys()]);
  test("an operation that refuses", () => {
    const [slope] = gradients(graph, all(op.relu(graph, x)), [x]);
    expect(() => gradients(graph, all(slope!), [x])).toThrow(/ReluGrad \(ReluGrad\) has no gradient$/);
  });
  test("an input without a gradient, by its position", () => {
    const map = op.filled(graph, [1, 1, 1, 2], 1);
    const [y] = op.fusedBatchNorm(graph, [map, x, x, x, x], { epsilon: 1, training: false });
    expect(() => gradients(graph, all(y!), [x])).toThrow(
      "FusedBatchNormV3 (FusedBatchNormV3) has no gradient for its input 3, x:0, float32 [2]",
    );
  });
  test("statistics that were given", () => {
    const map = op.reshape(graph, x, [1, 1, 1, 2]);
    const ones = op.filled(graph, [2], 1);
    const [, mean] = op.fusedBatchNorm(graph, [map, ones, ones, ones, ones], { epsilon: 1, training: false });
    expect(() => gradients(graph, all(mean!), [x])).toThrow("stored statistics have no gradient");
  });
  test("a gradient that is not of its value's type, and where it comes from", () => {
    const misshapen = { ...op.identity(graph, x, "odd"), shape: [3] };
    expect(() => gradients(graph, all(misshapen), [x])).toThrow(
      "Identity (odd) has a gradient of float32 [3] for its input 0, x:0, float32 [2]",
    );
  });
  test("a loss that is no scalar", () => {
    expect(() => gradients(graph, op.relu(graph, x), [x])).toThrow("the loss is float32 [2], expected float32 []");
  });
  test("a value that the loss does not depend on, be it only through what does not change smoothly", () => {
    const y = op.placeholder(graph, "y", "float32", [2]);
    expect(() => gradients(graph, op.sum(graph, x, [0]), [y])).toThrow("does not depend on y");
    expect(() => gradients(graph, all(op.cast(graph, op.greaterEqual(graph, x, y), "float32")), [y])).toThrow(
      "does not depend on y",
    );
  });
});

test("of values that depend on each other each has its whole gradient", () => {
  const { dx, dSquare } = run({ x: random([3], 1) }, (graph, { x }) => {
    const square = op.multiply(graph, x, x);
    const loss = op.sum(graph, op.multiply(graph, square, x), [0]);
    const [dSquare, dx] = gradients(graph, loss, [square, x]);
    return { dSquare: dSquare!, dx: dx! };
  });
  const x = random([3], 1).data;
  expect(distance(dSquare.data, x)).toBeLessThan(1e-6);
  expect(
    distance(
      dx.data,
      x.map((value) => 3 * value * value),
    ),
  ).toBeLessThan(1e-6);
});

type Compared = { shapes: Named<Dims, "engine" | "definition" | "oracle">; differences: Named<number> };

/** How far each output and each gradient lies from tfjs's, under a random gradient of the output; all in one graph. */
function differences(cases: readonly OperationCase[]) {
  const oracles = cases.map(({ inputs: shapes, theirs }) => {
    const inputs = mapped(shapes, (shape, name) => random(shape, names(shapes).indexOf(name) + 1));
    const output = theirs(mapped(inputs, tensorOf));
    const dy = random(output.shape, 99);
    const slopes = tf.grads((...values) =>
      theirs(Object.fromEntries(values.map((value, i) => [names(inputs)[i]!, value]))),
    )(Object.values(inputs).map(tensorOf), tensorOf(dy));
    return { inputs, dy, y: output.dataSync(), shape: output.shape, slopes: slopes.map((slope) => slope.dataSync()) };
  });
  const feeds = oracles.flatMap(({ inputs, dy }, i) =>
    Object.entries({ ...inputs, dy }).map(([name, array]): [string, NdArray] => [`${i}/${name}`, array]),
  );
  const operations = new Set<string>();
  const defined: Dims[] = [];
  const found = run<string, string>(Object.fromEntries(feeds), (graph, values) => {
    const outputs = cases.map(({ inputs, ours }, i) => {
      const own = mapped(inputs, (_, name) => values[`${i}/${name}`]!);
      const y = ours(graph, own);
      defined.push(y.shape);
      const slopes = formulations.map((kernels) =>
        backward(graph, y, values[`${i}/dy`]!, Object.values(own), kernels).map((slope, input): [string, Value] => [
          `${i}/${kernels}/${input}`,
          slope,
        ]),
      );
      return [[`${i}/y`, y] as const, ...slopes.flat()];
    });
    for (const { op } of graph.nodes) operations.add(op);
    return Object.fromEntries(outputs.flat());
  });
  const compared = cases.map((operation, i): [OperationCase, Compared] => {
    const { inputs, y, shape, slopes } = oracles[i]!;
    const apart = (name: string, expected: ArrayLike<number>) => unitDistance(found[`${i}/${name}`]!.data, expected);
    const backwards = formulations.flatMap((kernels) =>
      names(inputs).map((name, input) => [`d/${name}, ${kernels}`, apart(`${kernels}/${input}`, slopes[input]!)]),
    );
    return [
      operation,
      {
        shapes: { engine: found[`${i}/y`]!.shape, definition: defined[i]!, oracle: shape },
        differences: { y: apart("y", y), ...Object.fromEntries(backwards) },
      },
    ];
  });
  return { of: new Map(compared), operations };
}

const tensorOf = ({ data, shape }: NdArray): tf.Tensor => tf.tensor(data, [...shape]);

/** ||a - b|| over ||b||, but no less than numbers around 1 would have: terms may cancel, their rounding does not. */
function unitDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  const apart = Math.hypot(...Array.from(b, (value, i) => a[i]! - value));
  return apart / Math.max(Math.hypot(...Array.from(b)), Math.sqrt(b.length));
}

/** The gradients of sum(y * dy). */
function backward(graph: Graph, y: Value, dy: Value, wrt: readonly Value[], filters?: Kernels): Value[] {
  return gradients(graph, op.sum(graph, op.multiply(graph, y, dy), [...y.shape.keys()]), wrt, filters);
}

/** The nearest bfloat16, ties to even. */
function rounded(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}
