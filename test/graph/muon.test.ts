import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Graph } from "../../src/graph/graph.ts";
import { orthogonal } from "../../src/graph/muon.ts";
import * as op from "../../src/graph/operations.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import type { Precision } from "../../src/graph/update.ts";
import type { Variable } from "../../src/interpret/parameters.ts";
import { openSession } from "../../src/runtime/session.ts";
import { applied } from "./applied.ts";
import { distance, raw, uniform } from "./run.ts";

type Matrix = readonly (readonly number[])[];
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const combined = (x: number, a: Matrix, y: number, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => x * value + y * b[i]![j]!));
const norm = (values: readonly number[]): number => Math.hypot(...values);
const matrixOf = (values: readonly number[], columns: number): Matrix =>
  Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns));

/** Five rounds of Newton and Schulz as the authors write them, in double precision. */
function nearestOrthogonal(matrix: Matrix): Matrix {
  if (matrix.length > matrix[0]!.length) return transposed(nearestOrthogonal(transposed(matrix)));
  const size = norm(matrix.flat());
  let x: Matrix = matrix.map((row) => row.map((value) => value / size));
  for (let round = 0; round < 5; round++) {
    const squares = product(x, transposed(x));
    x = combined(3.4445, x, 1, product(combined(-4.775, squares, 2.0315, product(squares, squares)), x));
  }
  return x;
}

function orthogonalOf(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  precision: Precision = "float32",
): Float32Array {
  const graph = new Graph();
  const matrix = op.decodeRaw(graph, op.placeholder(graph, "matrix", "string", []), "float32", [rows, columns]);
  op.identity(graph, orthogonal(graph, matrix, precision), "orthogonal");
  const session = openSession(savedModel(graph));
  const [result] = session.run({ matrix: raw(values) }, ["orthogonal"]);
  session.close();
  return result!.data as Float32Array;
}

const normal = (seed: number, count: number): Float32Array => {
  const next = uniform(seed);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
};

test("every direction keeps its length, to 0.6 and 1.25 times, in matrices of any shape", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 8 }), fc.nat(1000), (more, less, seed) => {
      for (const [rows, columns] of [
        [less + more, less],
        [less, less + more],
      ] as const) {
        const found = matrixOf([...orthogonalOf(normal(seed, rows * columns), [rows, columns])], columns);
        const kept = rows < columns ? transposed(found) : found;
        const direction = normal(seed + 1, less).map(Number);
        const length = norm(product(kept, transposed([[...direction]])).flat()) / norm([...direction]);
        expect(length).toBeGreaterThan(0.6);
        expect(length).toBeLessThan(1.25);
      }
    }),
    { numRuns: 8 },
  );
});

test("in bfloat16 the same matrix, to a tenth", () => {
  const [values, shape] = [normal(3, 64 * 16), [64, 16]] as const;
  expect(distance(orthogonalOf(values, shape, "bfloat16"), orthogonalOf(values, shape))).toBeLessThan(0.1);
  expect(distance(orthogonalOf(values, shape, "bfloat16"), orthogonalOf(values, shape))).toBeGreaterThan(0);
});

test("a matrix of zeros has no direction: zeros, not NaN", () => {
  expect([...orthogonalOf(new Float32Array(12), [4, 3])]).toEqual(Array(12).fill(0));
});

const variable = (shape: readonly number[], matrix: boolean): Variable => ({
  name: "layer/kernel",
  shape,
  kind: "kernel",
  trainable: true,
  decayed: true,
  matrix,
  initial: { kind: "zeros" },
  auxiliary: false,
});

describe("eight steps of changing rate agree with the formulas to 1e-5", () => {
  const variables = [variable([2, 1, 3, 4], true), variable([5], false), variable([1, 1, 2, 5], true)];
  const sizes = [24, 5, 10];
  const starts = sizes.map((size, i) => [...normal(i, size)]);
  const steps = Array.from({ length: 8 }, (_, t) => ({
    rate: 0.1 * 0.94 ** t,
    gradients: sizes.map((size, i) => [...normal(10 + 3 * t + i, size)]),
  }));

  const expected = (weightDecay: number) =>
    starts.map((start, which) => {
      const { shape, matrix } = variables[which]!;
      let weights = start;
      let mean = start.map(() => 0);
      let square = start.map(() => 0);
      for (const [t, { rate, gradients }] of steps.entries()) {
        const gradient = gradients[which]!;
        mean = mean.map((m, i) => 0.95 * m + 0.05 * gradient[i]!);
        square = square.map((s, i) => 0.99 * s + 0.01 * gradient[i]! ** 2);
        const ahead = mean.map((m, i) => 0.95 * m + 0.05 * gradient[i]!);
        const turn = matrix ? nearestOrthogonal(matrixOf(ahead, shape.at(-1)!)).flat() : [];
        const moves = matrix
          ? turn.map((value) => (value * norm(weights)) / norm(turn))
          : mean.map(
              (m, i) => (0.3 * m) / (1 - 0.95 ** (t + 1)) / (Math.sqrt(square[i]! / (1 - 0.99 ** (t + 1))) + 1e-8),
            );
        weights = weights.map((w, i) => w - rate * (moves[i]! + weightDecay * w));
      }
      return weights;
    });

  test.each([0, 0.1])("with a decay of %f", (weightDecay) => {
    const { weights } = applied(
      { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 0.3 },
      starts.flat(),
      steps.map(({ rate, gradients }) => ({ rate, gradient: gradients.flat() })),
      { weightDecay, variables },
    );
    expect(distance(weights, expected(weightDecay).flat())).toBeLessThan(1e-5);
  });
});

test("a step changes a kernel by the rate's share of its size, whatever the gradient's", () => {
  const start = [...normal(1, 24)];
  for (const scale of [1e-6, 1, 1e6]) {
    const { weights } = applied(
      { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 1 },
      start,
      [{ rate: 0.02, gradient: [...normal(2, 24)].map((value) => value * scale) }],
      { variables: [variable([2, 1, 3, 4], true)] },
    );
    expect(norm(start.map((value, i) => value - weights[i]!)) / norm(start)).toBeCloseTo(0.02, 5);
  }
});

// torch.optim.Muon of PyTorch 2.14 (momentum 0.95, Nesterov), of the same ten gradients: the last update, made one long.
const lastOfPyTorch = [
  -0.20576, -0.32458, 0.07052, -0.24247, -0.37868, 0.0058867, -0.059894, 0.30333, -0.11399, 0.045162, 0.32458, 0.098535,
  -0.31686, 0.081146, -0.19031, -0.18355, -0.067139, -0.037917, 0.32458, 0.027894, -0.056996, 0.34391, 0.085976,
  0.039124,
];
test("the tenth step goes where PyTorch's does, which computes it in bfloat16: a cosine above 0.999", () => {
  const start = [...normal(1, 24)];
  const gradients = Array.from({ length: 10 }, (_, t) => start.map((_, i) => (((7 * i + 3 * t) % 11) - 5) / 4));
  const after = (steps: number) =>
    applied(
      { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 1 },
      start,
      gradients.slice(0, steps).map((gradient) => ({ rate: 0.01, gradient })),
      { variables: [variable([2, 1, 3, 4], true)] },
    ).weights;
  const [before, last] = [after(9), after(10)];
  const move = [...before].map((weight, i) => weight - last[i]!);
  const cosine = move.reduce((sum, value, i) => sum + value * lastOfPyTorch[i]!, 0) / norm(move);
  expect(cosine).toBeGreaterThan(0.999);
});
