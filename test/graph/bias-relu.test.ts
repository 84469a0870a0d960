// A bias and a ReLU in one operation: only in bfloat16 and on a GPU, and the same numbers up to that format's rounding.
import { expect, test } from "vitest";
import { biasRelu } from "../../src/graph/bias-relu.ts";
import { evaluationProgram } from "../../src/graph/evaluation-program.ts";
import { Graph } from "../../src/graph/graph.ts";
import type { DType } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { openSession } from "../../src/runtime/session.ts";
import { distance, random, raw, run } from "./run.ts";
import { pictures, smallBnInception } from "./step.ts";
import { randomWeights } from "./weights.ts";

const shape = [2, 3, 3, 8];
const [size, batch] = [37, 2];
const { images } = pictures(batch, size, 5);

test("it is max(0, x + bias), with the bias in float32", () => {
  const inputs = { x: random(shape, 1), bias: random([8], 2) };
  const { joined, apart } = run(inputs, (graph, { x, bias }) => {
    const added = op.biasAdd(graph, op.cast(graph, x, "bfloat16"), op.cast(graph, bias, "bfloat16"));
    return { joined: biasRelu(graph, added)!, apart: op.relu(graph, added) };
  });
  expect(distance(joined.data, apart.data)).toBeLessThan(2 ** -7);
  expect(joined.data.some((value) => value === 0)).toBe(true);
  expect(joined.data.every((value) => value >= 0)).toBe(true);
});

test.each([
  ["maps of float32", "float32", shape],
  ["what is no map", "bfloat16", [4, 8]],
] as const)("%s is left as it is", (_, dtype: DType, of) => {
  const graph = new Graph();
  const value = op.filled(graph, of, 1);
  const bias = op.filled(graph, [8], 1);
  expect(biasRelu(graph, op.biasAdd(graph, op.cast(graph, value, dtype), op.cast(graph, bias, dtype)))).toBeUndefined();
  expect(biasRelu(graph, op.cast(graph, value, dtype))).toBeUndefined();
});

test("a network's program has it on a GPU in bfloat16 alone, and gives the same logits", () => {
  const network = buildNetwork(smallBnInception);
  const make = (precision: "float32" | "bfloat16", onGpu: boolean) =>
    evaluationProgram(network, { size, batch, precision, kernels: "tensorflow", onGpu });
  const texts = (bytes: Uint8Array): number =>
    Buffer.from(bytes).toString("latin1").split("_FusedBatchNormEx").length - 1;
  expect(make("float32", true).bytes).toEqual(make("float32", false).bytes);
  expect([true, false].map((onGpu) => texts(make("bfloat16", onGpu).bytes))).toEqual([69, 0]);
  const weights = randomWeights(network, size);
  const [joined, apart] = [true, false].map((onGpu) => {
    const { bytes, weightBytes } = make("bfloat16", onGpu);
    const session = openSession(bytes);
    session.run({ weights: raw(weightBytes(weights)) }, ["assign"]);
    const [logits] = session.run({ images: raw(images) }, ["logits"]);
    session.close();
    return logits!.data as Float32Array;
  });
  expect(distance(joined!, apart!)).toBeLessThan(0.02);
});
