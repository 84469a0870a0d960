// The evaluation program of networks that no paper has, against tfjs with stored statistics.
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluationProgram } from "../../src/graph/evaluation-program.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import {
  averagePool,
  batchNorm,
  bias,
  chain,
  concat,
  conv,
  dense,
  depthwise,
  dropout,
  globalPool,
  maxPool,
  relu,
  tap,
} from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { openSession } from "../../src/runtime/session.ts";
import { distance, type NdArray, raw } from "./run.ts";
import { pictures } from "./step.ts";
import { tfjsNetwork } from "./tfjs-network.ts";
import { anyTree } from "./trees.ts";
import { randomWeights } from "./weights.ts";

const [batch, size] = [2, 7];
const { images } = pictures(batch, size, 5);

/** Sums of at most some hundred products, one after another through ten layers at most; 3e-6 as measured. */
const tolerance = 2e-5;
/** Half a unit in the last place is 2^-9, through as many layers. */
const narrowTolerance = 2 ** -4;

const norm = batchNorm(true);
const cases: Readonly<Record<string, Layer>> = {
  "first of all": chain({ norm, conv: conv(4, 3) }),
  "before a convolution, after a ReLU": chain({ first: conv(4, 3), relu, norm, second: conv(4, 3) }),
  "after a pool": chain({ conv: conv(4, 3), pool: maxPool(3), norm }),
  "after a concat": chain({ mixed: concat({ a: conv(2, 1), b: conv(2, 3) }), norm }),
  "after a bias": chain({ conv: conv(4, 3), bias, norm, relu }),
  "after a norm": chain({ conv: conv(4, 3), first: norm, second: batchNorm(false) }),
  "after a depthwise convolution": chain({ depthwise: depthwise(2, 3), norm, relu }),
  "after a convolution in a chain of its own": chain({
    a: chain({ b: chain({ conv: conv(4, 3) }) }),
    c: chain({ norm }),
  }),
  "behind a dropped tap and dropout": chain({
    conv: conv(4, 3),
    head: tap(chain({ norm, pool: globalPool, dense: dense(3) })),
    dropout: dropout(0.5),
    norm,
  }),
  "on one of two branches that read a convolution": chain({ conv: conv(4, 3), mixed: concat({ a: norm, b: relu }) }),
  "beside the convolution's own map": chain({ conv: conv(4, 3), mixed: concat({ a: chain({ norm }), b: chain([]) }) }),
  "on maps of 1x1": chain({ conv: conv(4, 3), pool: globalPool, norm, dense: dense(6), second: norm }),
};
const ending = (body: Layer): Layer => chain({ body, pool: globalPool, dense: dense(5) });

describe.each(Object.entries(cases))("a batch norm %s", (_, body) => {
  test.each(["tensorflow", "own"] as const)("kernels: %s", (kernels) => {
    const network = ending(body);
    expect(distance(ours(network, "float32", kernels), theirs(network))).toBeLessThan(tolerance);
  });
  test("in bfloat16", () => {
    const network = ending(body);
    expect(distance(ours(network, "bfloat16"), theirs(network))).toBeLessThan(narrowTolerance);
  });
});

test("a pool that moves into a unit whose parts have its name, or whole numbers for names", () => {
  const pool = averagePool(3);
  for (const unit of [
    chain({ conv: conv(4, 1), averagePool: relu, averagePool_2: conv(3, 3) }),
    chain([conv(4, 1), bias, relu]),
    chain({ conv: conv(4, 1), 0: bias, relu }),
  ]) {
    const network = ending(chain({ first: conv(4, 3), pool, unit }));
    expect(distance(ours(network, "float32"), theirs(network))).toBeLessThan(tolerance);
  }
});

test("any tree", { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(anyTree, (network) => {
      const expected = theirs(network);
      expect(distance(ours(network, "float32"), expected)).toBeLessThan(tolerance);
      const narrow = distance(ours(network, "bfloat16"), expected);
      expect(narrow).toBeLessThan(narrowTolerance);
    }),
    { numRuns: 25, seed: 11 },
  );
});

function ours(network: Layer, precision: "float32" | "bfloat16", kernels: Kernels = "own"): Float32Array {
  const program = evaluationProgram(network, { size, batch, precision, kernels });
  const session = openSession(program.bytes);
  session.run({ weights: raw(program.weightBytes(randomWeights(network, size))) }, ["assign"]);
  const [logits] = session.run({ images: raw(images) }, ["logits"]);
  session.close();
  return (logits as NdArray).data;
}

function theirs(network: Layer): Float32Array {
  const pixels = tf.tensor4d(
    Float32Array.from(images, (byte) => byte * (2 / 255) - 1),
    [batch, size, size, 3],
  );
  const weights = new Map(
    [...randomWeights(network, size)].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  );
  return tfjsNetwork(network, pixels, weights, { statistics: "stored" }).logits.dataSync() as Float32Array;
}
