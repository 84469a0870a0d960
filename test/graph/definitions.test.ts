import { describe, expect, test } from "vitest";
import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { window } from "./operation-cases.ts";

const graph = new Graph();
const x = op.placeholder(graph, "x", "float32", [2, 3]);
const map = op.placeholder(graph, "map", "float32", [1, 4, 4, 2]);

describe("inputs that do not fit are our bug, said with the operation, the node and the shapes", () => {
  const vector = op.filled(graph, [2], 1);
  test.each([
    ["AddV2 (AddV2): [2,3] and [2] do not fit", () => op.add(graph, x, vector)],
    ["Mul (Mul): float32 and bfloat16 do not mix", () => op.multiply(graph, x, op.cast(graph, x, "bfloat16"))],
    ["MatMul (MatMul): [2, 3] and [2, 3] have no product", () => op.matMul(graph, x, x)],
    ["Reshape (Reshape): [2,3] and [7] have different numbers of elements", () => op.reshape(graph, x, [7])],
    ["ConcatV2 (ConcatV2): a part must be [1,3], got [1,4,4,2]", () => op.concat(graph, [x, map], 0)],
    ["SplitV (SplitV): [2,3] cannot be cut into 1,1 along axis 1", () => op.split(graph, x, [1, 1], 1)],
    ["Slice (Slice): [2,2] from [1,0] is no part of [2,3]", () => op.slice(graph, x, [1, 0], [2, 2])],
    ["Sum (Sum): [2] are no axes of [2,3]", () => op.sum(graph, x, [2])],
    ["BroadcastTo (BroadcastTo): [2,3] cannot be broadcast to [3]", () => op.broadcastTo(graph, x, [3])],
    ["BiasAdd (BiasAdd): the bias must be [3], got [2]", () => op.biasAdd(graph, x, vector)],
    ["the targets must be [2,3], got [2]", () => op.crossEntropy(graph, x, vector)],
    [
      "Conv2D (stem): a filter of [3,3,5,8] does not take [1,4,4,2]",
      () => op.conv2d(graph, map, op.filled(graph, [3, 3, 5, 8], 1), window([3, 3], 1, "same"), "stem"),
    ],
    ["a window of 5x5 does not fit [1,4,4,2]", () => op.maxPool(graph, map, window([5, 5], 1, "valid"))],
    ["Fill is no variable", () => op.readVariable(graph, vector)],
  ] as const)("%s", (sentence, make) => {
    expect(make).toThrow(sentence);
  });

  test("a shape that is no constant", () => {
    const asked = op.placeholder(graph, "asked", "int32", [1]);
    expect(() =>
      graph.add({ op: "Fill", inputs: [asked, op.scalar(graph, 1)], attributes: { T: { type: "float32" } } }),
    ).toThrow("Fill (Fill): asked is no constant of integers");
  });

  test("an attribute that is missing", () => {
    expect(() => graph.add({ op: "MatMul", inputs: [x, x], attributes: {} })).toThrow(
      "MatMul (MatMul): it has no attribute transpose_a of kind bool",
    );
  });
});

test("no other operation is taken", () => {
  // @ts-expect-error AddN is none of ours.
  expect(() => graph.add({ op: "AddN", inputs: [x, x], attributes: {} })).toThrow("AddN");
});
