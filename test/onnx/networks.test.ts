// Every network of the catalogue, and trees that no paper has, as ONNX: onnxruntime gives TensorFlow's logits.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { NetworkOptions } from "../../src/network/options.ts";
import { pictures } from "../graph/step.ts";
import { anyTree } from "../graph/trees.ts";
import { randomWeights } from "../graph/weights.ts";
import { bnInception, googLeNet, v2, v3 } from "../network/examples.ts";
import { byOnnx, byTensorFlow, differenceOf, metadataOf } from "./support.ts";

const small = { width: 0.05, classes: 5 } as const;
const networks: readonly (readonly [what: string, options: NetworkOptions, size: number])[] = [
  ["inception-v3", { ...v3, ...small }, 75],
  ["inception-v3, pools over the whole kernel", { ...v3, ...small, poolDivisor: "full", bnScale: false }, 98],
  ["inception-v3 without strides and pool in its stem", { ...v3, ...small, stemStride: 1, stemPool: false }, 33],
  ["inception-v3, conv-pool, average", { ...v3, ...small, reduction: "conv-pool", reductionPool: "avg" }, 79],
  ["inception-v2", { ...v2, ...small, auxiliary: "off" }, 83],
  ["inception-v2, table 1", { ...v2, ...small, stem: "table1", block8: "wide", nBlocks17: 1 }, 139],
  ["inception-v2, separable stem", { ...v2, ...small, stem: "conv7x7-separable", block35: "fig5" }, 76],
  ["bn-inception", { ...bnInception, ...small }, 75],
  ["bn-inception, biases in its stem", { ...bnInception, ...small, stemNorm: "bias", poolDivisor: "full" }, 90],
  ["googlenet", { ...googLeNet, ...small }, 75],
  ["googlenet as Caffe has it", { ...googLeNet, ...small, padding: "symmetric" }, 97],
  ["googlenet as torchvision has it", { ...googLeNet, ...small, norm: "batch", wideKernel: 3, lastPool: 2 }, 106],
];

describe("as ONNX", () => {
  test.each(networks)("%s", async (_what, options, size) => {
    const network = buildNetwork(options, size);
    const weights = randomWeights(network, size);
    const { images } = pictures(2, size, 3);
    const metadata = metadataOf(options, size);
    const own = byTensorFlow(network, weights, metadata, images);
    const { difference, logit } = differenceOf(own, await byOnnx(network, weights, metadata, images));
    expect(logit).toBeGreaterThan(0.01);
    expect(difference).toBeLessThan(1e-4 * Math.max(1, logit / 100));
  });

  test("any tree", async () => {
    const size = 7;
    const { images } = pictures(2, size, 5);
    const metadata = metadataOf({ ...googLeNet, classes: 5 }, size);
    await fc.assert(
      fc.asyncProperty(anyTree, async (network) => {
        const weights = randomWeights(network, size);
        const own = byTensorFlow(network, weights, metadata, images);
        const { difference, logit } = differenceOf(own, await byOnnx(network, weights, metadata, images));
        expect(difference).toBeLessThan(2e-5 * Math.max(1, logit));
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});
