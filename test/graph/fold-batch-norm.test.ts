import { describe, expect, test } from "vitest";
import { foldBatchNorm } from "../../src/graph/fold-batch-norm.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { batchNorm, bias, chain, concat, conv, depthwise, dropout, relu, tap } from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";

const norm = batchNorm(true);
const convolution = conv(2, 1);
const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });

describe("becomes a bias", () => {
  const nothing = chain([]);
  test.each<[string, Layer, Layer]>([
    ["behind a convolution", chain({ convolution, norm, relu }), chain({ convolution, norm: bias, relu })],
    [
      "in a chain of its own",
      chain({ convolution, after: chain({ norm }) }),
      chain({ convolution, after: chain({ norm: bias }) }),
    ],
    [
      "behind a tap and dropout, which go",
      chain({ convolution, tap: tap(norm), dropout: dropout(0.1), norm }),
      chain({ convolution, tap: nothing, dropout: nothing, norm: bias }),
    ],
  ])("a norm %s", (_, network, folded) => {
    expect(foldBatchNorm(network).network).toEqual(folded);
  });
});

describe("stays", () => {
  test.each<[string, Layer]>([
    ["first of all", chain({ norm, convolution })],
    ["behind a ReLU", chain({ convolution, relu, norm })],
    ["behind a bias", chain({ convolution, bias, norm })],
    ["behind a concat", chain({ mixed: concat({ a: convolution, b: convolution }), norm })],
    ["where another branch reads the convolution", chain({ convolution, mixed: concat({ a: norm, b: relu }) })],
    [
      "where the convolution's map is itself a branch",
      chain({ convolution, mixed: concat({ a: norm, b: chain([]) }) }),
    ],
  ])("a norm %s, and with it the tree as it is", (_, network) => {
    const folded = foldBatchNorm(network);
    expect(folded.network).toBe(network);
    const weights: NamedTensors = new Map([["norm/beta", tensor(1)]]);
    expect(folded.weights(weights)).toEqual(weights);
  });
});

test("only the first of two norms is folded", () => {
  const { network } = foldBatchNorm(chain({ convolution, norm, second: norm }));
  expect(network).toEqual(chain({ convolution, norm: bias, second: norm }));
});

test("a depthwise kernel's factor goes by channel and multiplier", () => {
  const { weights } = foldBatchNorm(chain({ convolution: depthwise(2, 1), norm: batchNorm(true, 0) }));
  const kernel = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const found = weights(
    new Map([
      ["convolution/kernel", kernel],
      ["norm/gamma", tensor(1, 10, 100, 1000)],
      ["norm/beta", tensor(0, 0, 5, 0)],
      ["norm/movingMean", tensor(0, 0, 3, 0)],
      ["norm/movingVariance", tensor(1, 1, 1, 4)],
    ]),
  );
  expect(found.get("convolution/kernel")).toEqual({ ...kernel, data: Float32Array.of(1, 20, 300, 2000) });
  expect(found.get("norm/bias")).toEqual(tensor(0, 0, 5 - 300, 0));
});
