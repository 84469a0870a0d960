// Convolutions of one map side by side: the same as one after the other, forward and in each gradient, and in a network.
import { expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import type { Side } from "../../src/graph/kernels.ts";
import { nameOf } from "../../src/graph/kernels.ts";
import type { Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { ownConvolutions } from "../../src/graph/side-by-side.ts";
import type { Window } from "../../src/network/layer.ts";
import { needs } from "../needs.ts";
import { window } from "./operation-cases.ts";
import { distance, random, run, sameBits } from "./run.ts";

const filters = [20, 7, 33];
const named = (name: string, values: readonly Value[]) =>
  Object.fromEntries(values.map((value, i) => [`${name}${i}`, value]));

/** Outputs and gradients of the map and the filters, TensorFlow's and ours, whose gradients are computed as `side` says. */
function both(map: readonly number[], of: Window, side: Side) {
  const inputs = {
    x: random(map, 1),
    ...Object.fromEntries(filters.map((count, i) => [`w${i}`, random([...of.kernel, map[3]!, count], i + 2)])),
  };
  const all = [...of.kernel, map[3]!, filters.reduce((a, b) => a + b)];
  const chosen = Object.fromEntries(
    (["input", "filter"] as const).map((pass) => [
      nameOf({ pass, dtype: "float32", input: map, filter: all, stride: of.stride }),
      side,
    ]),
  );
  return run<string, string>(inputs, (graph, values) => {
    const weights = filters.map((_, i) => values[`w${i}`]!);
    const theirs = weights.map((filter) => op.conv2d(graph, values.x!, filter, of));
    const ours = ownConvolutions(graph, values.x!, weights, { window: of });
    const loss = (ys: readonly Value[]): Value =>
      op.addAll(
        graph,
        ys.map((y, i) => op.sum(graph, op.multiply(graph, y, theirs[i]!), [0, 1, 2, 3])),
      );
    const wrt = [values.x!, ...weights];
    return {
      ...named("theirs_y", theirs),
      ...named("ours_y", ours),
      ...named("theirs_d", gradients(graph, loss(theirs), wrt)),
      ...named("ours_d", gradients(graph, loss(ours), wrt, chosen)),
    };
  });
}

test.each([
  ["together", "plain", [3, 9, 8, 19], window([1, 1], 1, "same")],
  ["apart", "tensorflow", [3, 9, 8, 19], window([1, 1], 1, "same")],
  ["of 3x3, together", "plain", [2, 9, 8, 19], window([3, 3], 1, "same")],
  ["with a stride", "plain", [2, 9, 8, 19], window([3, 3], 2, "valid")],
] as const)("gradients %s", needs("avx2"), (_, side, map, of) => {
  const found = both(map, of, side);
  const ours = Object.keys(found).filter((name) => name.startsWith("ours"));
  expect(ours).toHaveLength(7);
  for (const name of ours)
    expect(distance(found[name]!.data, found[name.replace("ours", "theirs")]!.data), name).toBeLessThan(1.2e-5);
});

test("an output that the loss does not depend on", needs("avx2"), () => {
  const of = window([1, 1], 1, "same");
  const inputs = { x: random([2, 5, 5, 9], 1), a: random([1, 1, 9, 4], 2), b: random([1, 1, 9, 3], 3) };
  const { da, db, alone } = run<string, string>(inputs, (graph, { x, a, b }) => {
    const [y] = ownConvolutions(graph, x!, [a!, b!], { window: of });
    const [da, db] = gradients(graph, op.sum(graph, y!, [0, 1, 2, 3]), [a!, b!]);
    const [alone] = gradients(graph, op.sum(graph, op.conv2d(graph, x!, a!, of), [0, 1, 2, 3]), [a!]);
    return { da: da!, db: db!, alone: alone! };
  });
  expect(distance(da!.data, alone!.data)).toBeLessThan(1.2e-5);
  expect(db!.data.every((value) => value === 0)).toBe(true);
});

test("biases and the ReLU in the same pass", needs("avx2"), () => {
  const of = window([1, 1], 1, "same");
  const inputs = { x: random([2, 5, 5, 9], 1), w: random([1, 1, 9, 18], 2), v: random([1, 1, 9, 5], 3) };
  const found = run<string, string>(inputs, (graph, { x, w, v }) => {
    const biases = [op.filled(graph, [18], 0.25), op.filled(graph, [5], -0.5)];
    const plain = ownConvolutions(graph, x!, [w!, v!], { window: of });
    return {
      ...named("joined", ownConvolutions(graph, x!, [w!, v!], { window: of, biases })),
      ...named(
        "after",
        plain.map((y, i) => op.relu(graph, op.biasAdd(graph, y, biases[i]!))),
      ),
    };
  });
  for (const i of [0, 1]) expect(sameBits(found[`joined${i}`]!.data, found[`after${i}`]!.data)).toBe(true);
  expect(found.joined1!.data.some((value) => value === 0)).toBe(true);
});

test("what does not fit, and what has no gradient, is our bug", () => {
  const graph = new Graph();
  const of = window([1, 1], 1, "same");
  const filled = (...shape: number[]) => op.filled(graph, shape, 1);
  const x = filled(1, 4, 4, 8);
  const two = [filled(1, 1, 8, 3), filled(1, 1, 8, 5)];
  expect(ownConvolutions(graph, x, two, { window: of }).map(({ shape }) => shape)).toEqual([
    [1, 4, 4, 3],
    [1, 4, 4, 5],
  ]);
  expect(() => ownConvolutions(graph, x, [filled(1, 1, 7, 3)], { window: of })).toThrow("does not take");
  expect(() => ownConvolutions(graph, x, [filled(3, 3, 8, 3)], { window: of })).toThrow("the filter's places");
  expect(() => ownConvolutions(graph, x, two, { window: of, biases: [filled(3), filled(4)] })).toThrow("the bias");
  const [y] = ownConvolutions(graph, x, two, { window: of, biases: [filled(3), filled(5)] });
  expect(() => gradients(graph, op.sum(graph, y!, [0, 1, 2, 3]), [x])).toThrow("with biases it has no gradient");
});
