import { expect, test } from "vitest";
import { foldedNetwork } from "../../src/interpret/folded.ts";
import { siblingsOf } from "../../src/interpret/siblings.ts";
import type { Layer } from "../../src/network/layer.ts";

const conv = (filters: number, side = 1, stride = 1): Layer => ({
  type: "conv",
  filters,
  initial: "he",
  kernel: [side, side],
  stride,
  padding: "same",
});
const chain = (...layers: Layer[]): Layer => ({
  type: "chain",
  children: Object.fromEntries(layers.map((layer, i) => [`l${i}`, layer])),
});
const concat = (...layers: Layer[]): Layer => ({
  type: "concat",
  children: Object.fromEntries(layers.map((layer, i) => [`b${i}`, layer])),
});
const norm: Layer = { type: "batchNorm", scale: true, epsilon: 1e-3 };
const [bias, relu]: Layer[] = [{ type: "bias" }, { type: "relu" }];
const pathsOf = (network: Layer) => siblingsOf(network).map((group) => group.map(({ path }) => path));

test("of one map and one window, each in its branch", () => {
  expect(
    pathsOf(
      concat(chain(conv(3), relu!), chain(conv(4), conv(5, 3)), conv(6, 3), chain(relu!, conv(7)), conv(8, 1, 2)),
    ),
  ).toEqual([["b0/l0", "b1/l0"]]);
  expect(pathsOf(chain(conv(3), conv(3)))).toEqual([]);
});

test("a head on the side is beside the main path", () => {
  expect(pathsOf(chain({ type: "tap", head: chain(conv(3), relu!) }, conv(4)))).toEqual([["l0/l0", "l1"]]);
});

test("finished alike: with a bias and a ReLU that nothing else reads between", () => {
  const unit = chain(conv(3), bias!, relu!);
  const network = concat(unit, unit, chain(conv(3), bias!), conv(3), chain(conv(3), bias!, concat(relu!, relu!)));
  expect(siblingsOf(network).map((group) => group.map(({ path, finish }) => [path, finish]))).toEqual([
    [
      ["b0/l0", ["b0/l1", "b0/l2"]],
      ["b1/l0", ["b1/l1", "b1/l2"]],
    ],
    [
      ["b2/l0", undefined],
      ["b3", undefined],
      ["b4/l0", undefined],
    ],
  ]);
});

test("a batch norm finishes none until it is folded", () => {
  const network = concat(chain(conv(3), norm, relu!), chain(conv(4), norm, relu!));
  const finishes = (of: Layer) => siblingsOf(of).map((group) => group.map(({ finish }) => finish !== undefined));
  expect(finishes(network)).toEqual([[false, false]]);
  expect(finishes(foldedNetwork(network).network)).toEqual([[true, true]]);
});
