import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import { gradients } from "../../src/graph/gradients.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import { Graph, type Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { chain, dropout } from "../../src/network/build.ts";
import { convolution, type OperationCase, operationCases, window } from "./operation-cases.ts";
import { distance, mapped, type Named, type NdArray, names, random, run } from "./run.ts";

/** Kernels of both sides work in float32; they differ in the order of their sums. */
const tolerance = 2e-6;

const formulations = ["tensorflow", "own"] as const satisfies Kernels[];

describe.each(formulations)("every operation agrees with tfjs, forward and backward, filters by %s", (filters) => {
  test.each(operationCases)("$name", (operation) => {
    for (const [name, difference] of Object.entries(differences(operation, filters)))
      expect(difference, name).toBeLessThan(tolerance);
  });

  test("any convolution", () => {
    const side = fc.integer({ min: 1, max: 5 });
    const any = fc
      .record({
        kernel: fc.tuple(side, side),
        more: fc.tuple(fc.nat(6), fc.nat(6)),
        channels: fc.tuple(side, side),
        stride: fc.integer({ min: 1, max: 3 }),
        padding: fc.constantFrom("same" as const, "valid" as const),
      })
      .map(({ kernel, more, channels: [from, to], stride, padding }) =>
        convolution([2, kernel[0] + more[0], kernel[1] + more[1], from], to, window(kernel, stride, padding)),
      );
    fc.assert(
      fc.property(any, (operation) => {
        for (const [name, difference] of Object.entries(differences(operation, filters)))
          expect(difference, `${operation.name}: ${name}`).toBeLessThan(tolerance);
      }),
      { numRuns: 40, seed: 7 },
    );
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
  test("an operation without a rule", () => {
    expect(() => gradients(graph, op.sum(graph, op.squareRoot(graph, x), [0]), [x])).toThrow(
      "no gradient rule for Sqrt",
    );
  });
  test("a value that the loss does not depend on", () => {
    const y = op.placeholder(graph, "y", "float32", [2]);
    expect(() => gradients(graph, op.sum(graph, x, [0]), [y])).toThrow("does not depend on y");
  });
});

/** How far the output and each gradient lie from tfjs's, under a random gradient of the output. */
function differences({ inputs: shapes, ours, theirs }: OperationCase, filters: Kernels): Named<number> {
  const inputs = mapped(shapes, (shape, name) => random(shape, names(shapes).indexOf(name) + 1));
  const tensors = mapped(inputs, ({ data, shape }) => tf.tensor(data, [...shape]));
  const output = theirs(tensors);
  const dy = random(output.shape, 99);
  const theirGradients = tf.grads((...values) =>
    theirs(Object.fromEntries(values.map((value, i) => [names(tensors)[i]!, value]))),
  )(Object.values(tensors), tf.tensor(dy.data, [...dy.shape]));

  const found = run<string, string>({ ...inputs, dy }, (graph, values) => {
    const y = ours(graph, values);
    const found = backward(
      graph,
      y,
      values.dy!,
      names(inputs).map((name) => values[name]!),
      filters,
    );
    return { y, ...Object.fromEntries(names(inputs).map((name, i) => [`d/${name}`, found[i]!])) };
  });
  expect(found.y!.shape).toEqual(output.shape);
  return {
    y: distance(found.y!.data, output.dataSync()),
    ...Object.fromEntries(
      names(inputs).map((name, i) => [`d/${name}`, distance(found[`d/${name}`]!.data, theirGradients[i]!.dataSync())]),
    ),
  };
}

/** The gradients of sum(y * dy). */
function backward(graph: Graph, y: Value, dy: Value, wrt: readonly Value[], filters?: Kernels): Value[] {
  const axes = y.shape.map((_, axis) => axis);
  return gradients(graph, op.sum(graph, op.multiply(graph, y, dy), axes), wrt, filters);
}

/** The nearest bfloat16, ties to even. */
function rounded(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}
