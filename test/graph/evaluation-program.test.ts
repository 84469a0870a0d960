import { describe, expect, test } from "vitest";
import { evaluationProgram } from "../../src/graph/evaluation-program.ts";
import { forward } from "../../src/graph/forward.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import * as op from "../../src/graph/operations.ts";
import { batchNorm, chain, conv, dense, depthwise, globalPool, relu } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { openSession } from "../../src/runtime/session.ts";
import { distance, mapped, type NdArray, raw, run } from "./run.ts";
import { pictures, smallBnInception, smallGoogLeNet, smallNetwork } from "./step.ts";
import { randomWeights } from "./weights.ts";

const size = 37;
const batch = 2;
const { images } = pictures(batch, size, 5);
const separable: Partial<InceptionV3Options> = {
  name: "inception-v2",
  stem: "conv7x7-separable",
  auxiliary: "conv-norm",
};

const cases: [string, Layer][] = [
  ["Inception V3", smallNetwork({ dropout: 0.2 }, size)],
  ["Inception V3 without scale", smallNetwork({ bnScale: false }, size)],
  ["Inception V2, separable stem", smallNetwork(separable, size)],
  [
    "Inception V2, separable stem, without scale, full divisor",
    smallNetwork({ ...separable, bnScale: false, poolDivisor: "full" }, size),
  ],
  ["GoogLeNet, which has none", buildNetwork({ ...smallGoogLeNet, dropout: 0.4, auxiliaryDropout: 0.7 }, size)],
  ["BN-Inception, separable stem", buildNetwork({ ...smallBnInception, stem: "conv7x7-separable" })],
  [
    "Inception V3, linear parts, other blocks, dropout in its auxiliary head",
    smallNetwork(
      {
        auxiliary: "dropout",
        factorActivation: "linear",
        reduceActivation: "linear",
        reduction: "conv-pool",
        block35: "asymmetric",
        block8: "plain",
      },
      size,
    ),
  ],
];

describe("batch norm folded into the weights gives the outputs of the network as trained", () => {
  describe.each(["tensorflow", "own"] as const)("kernels: %s", (kernels) => {
    test.each(cases)("%s", (_, network) => {
      const weights = randomWeights(network, size);
      const unfolded = unfoldedLogits(network, weights);
      const folded = foldedLogits(network, weights, "float32", kernels);
      expect(folded.shape).toEqual([batch, 5]);
      expect(spread(unfolded)).toBeGreaterThan(0.1);
      expect(largestDifference(folded.data, unfolded.data) / Math.max(1, spread(unfolded))).toBeLessThan(1e-4);
    });
  });

  test.each([cases[0]!, cases[2]!])("in bfloat16 the same, to the format's precision: %s", (_, network) => {
    const weights = randomWeights(network, size);
    expect(
      distance(foldedLogits(network, weights, "bfloat16").data, unfoldedLogits(network, weights).data),
    ).toBeLessThan(0.05);
  });

  test.each(["tensorflow", "own"] as const)(
    "in bfloat16 a separable unit of four channels too, kernels: %s",
    (kernels) => {
      const network = chain({
        stem: conv(4, 3, { stride: 2 }),
        depthwise: depthwise(2, 3),
        pointwise: conv(6, 1),
        batchNorm: batchNorm(true),
        relu,
        pool: globalPool,
        dense: dense(5, 0.1),
      });
      const weights = randomWeights(network, size);
      const exact = unfoldedLogits(network, weights);
      expect(spread(exact)).toBeGreaterThan(0.01);
      expect(distance(foldedLogits(network, weights, "bfloat16", kernels).data, exact.data)).toBeLessThan(0.05);
    },
  );

  test("every statistic matters: another mean or variance gives other outputs", () => {
    const [, network] = cases[1]!;
    const weights = randomWeights(network, size);
    const before = foldedLogits(network, weights, "float32").data;
    for (const name of ["Mixed_7c/b1x1/batchNorm/movingMean", "Mixed_7c/b1x1/batchNorm/movingVariance"]) {
      const { shape, data } = weights.get(name)!;
      const changed = new Map(weights).set(name, { shape, data: data.map((value) => value + 1) });
      expect(distance(foldedLogits(network, changed, "float32").data, before), name).toBeGreaterThan(1e-3);
    }
  });
});

test("weights that do not fit are our bug, and named", () => {
  const [, network] = cases[0]!;
  const program = evaluationProgram(network, { size, batch, precision: "float32", kernels: "tensorflow" });
  const weights = randomWeights(network, size);
  const name = "Logits/dense/bias";
  expect(() => program.weightBytes(new Map(weights).set(name, { shape: [6], data: new Float32Array(6) }))).toThrow(
    name,
  );
});

function foldedLogits(
  network: Layer,
  weights: Map<string, NdArray>,
  precision: "float32" | "bfloat16",
  kernels: Kernels = "own",
) {
  const program = evaluationProgram(network, { size, batch, precision, kernels });
  const session = openSession(program.bytes);
  session.run({ weights: raw(program.weightBytes(weights)) }, ["assign"]);
  const [logits] = session.run({ images: raw(images) }, ["logits"]);
  session.close();
  return logits as NdArray;
}

/** The tree as it is, reading the moving statistics. */
function unfoldedLogits(network: Layer, weights: Map<string, NdArray>): NdArray {
  const pixels = { shape: [batch, size, size, 3], data: Float32Array.from(images, (byte) => byte * (2 / 255) - 1) };
  const inputs = { pixels, ...Object.fromEntries(weights) };
  return run<string, "logits">(inputs, (graph, values) => {
    const all = mapped(values, (value) => op.identity(graph, value));
    return {
      logits: forward(network, all.pixels!, {
        graph,
        precision: "float32",
        kernels: "tensorflow",
        weight: (name) => all[name]!,
      }).logits,
    };
  }).logits;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

function spread({ data }: NdArray): number {
  return Math.max(...data) - Math.min(...data);
}
