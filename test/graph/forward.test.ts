import { describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import { elements } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import {
  averagePool,
  bias,
  chain,
  concat,
  conv,
  depthwise,
  globalPool,
  maxPool,
  relu,
  responseNorm,
} from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { mapped, type Named, type NdArray, run } from "./run.ts";

const array = (shape: readonly number[], ...data: number[]): NdArray => ({ shape, data: Float32Array.from(data) });
const impulse = (height: number, width: number, row: number, column: number): NdArray => {
  const data = new Float32Array(height * width);
  data[row * width + column] = 1;
  return { shape: [1, height, width, 1], data };
};

describe("an impulse shows", () => {
  test("that branches are joined on channels in their order", () => {
    const network = concat({ b: conv(1, 1), a: conv(2, 1), c: chain([]) });
    const weights = { "b/kernel": array([1, 1, 1, 1], 10), "a/kernel": array([1, 1, 1, 2], 20, 21) };
    const [map] = mapsOf(network, impulse(2, 1, 1, 0), [2, 1, 4], weights);
    expect(map).toEqual([0, 0, 0, 0, 10, 20, 21, 1]);
  });

  const taps = [1, 2, 3, 4, 5, 6, 7];
  test("that 1x7 lies along the rows, 7x1 along the columns, and neither is mirrored", () => {
    const across = mapsOf(conv(1, [1, 7]), impulse(9, 9, 4, 5), [9, 9, 1], { kernel: array([1, 7, 1, 1], ...taps) });
    const down = mapsOf(conv(1, [7, 1]), impulse(9, 9, 5, 4), [9, 9, 1], { kernel: array([7, 1, 1, 1], ...taps) });
    expect(rows(across[0]!, 9)[4]).toEqual([0, 0, 7, 6, 5, 4, 3, 2, 1]);
    expect(across[0]!.reduce((sum, value) => sum + value)).toBe(28);
    expect(rows(down[0]!, 9).map((row) => row[4])).toEqual([0, 0, 7, 6, 5, 4, 3, 2, 1]);
    expect(down[0]!.reduce((sum, value) => sum + value)).toBe(28);
  });

  test("where stride 2 looks: SAME centres an odd kernel on an odd map's first cell, VALID starts inside", () => {
    const ones = { kernel: array([3, 3, 1, 1], ...Array(9).fill(1)) };
    const seen = (padding: "same" | "valid", side: number) =>
      mapsOf(conv(1, 3, { stride: 2, padding }), impulse(5, 5, 0, 0), [side, side, 1], ones)[0]!;
    expect(seen("same", 3)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(seen("valid", 2)).toEqual([1, 0, 0, 0]);
  });

  test("that a depthwise convolution keeps its channels apart", () => {
    const picture = array([1, 1, 1, 2], 1, 10);
    const kernel = array([1, 1, 2, 3], 1, 2, 3, 4, 5, 6);
    expect(mapsOf(depthwise(3, 1), picture, [1, 1, 6], { kernel })).toEqual([[1, 2, 3, 40, 50, 60]]);
  });
});

describe("average pools of a constant", () => {
  const ones: NdArray = { shape: [1, 4, 4, 1], data: new Float32Array(16).fill(1) };
  test("keep it everywhere under the valid divisor", () => {
    expect(mapsOf(averagePool(3), ones, [4, 4, 1])[0]).toEqual(Array(16).fill(1));
  });

  test("give 4/9 in corners and 6/9 along edges under the full one", () => {
    const map = rows(mapsOf(averagePool(3, { divisor: "full" }), ones, [4, 4, 1])[0]!, 4);
    const [corner, edge] = [4 / 9, 6 / 9];
    const expected = [
      [corner, edge, edge, corner],
      [edge, 1, 1, edge],
      [edge, 1, 1, edge],
      [corner, edge, edge, corner],
    ];
    map.forEach((row, r) => {
      row.forEach((value, c) => {
        expect(value).toBeCloseTo(expected[r]![c]!, 6);
      });
    });
  });

  test("do not differ where no window leaves the map", () => {
    const pools = (["valid", "full"] as const).map((divisor) => averagePool(3, { padding: "valid", divisor }));
    for (const pool of pools) expect(mapsOf(pool, ones, [2, 2, 1])[0]).toEqual(Array(4).fill(1));
  });
});

test("max pool, bias and ReLU by hand", () => {
  const picture = array([1, 3, 3, 1], ...[1, -2, 3, -4, 5, -6, 7, -8, 9].map((value) => value - 4));
  expect(mapsOf(maxPool(2, { padding: "valid" }), picture, [2, 2, 1])[0]).toEqual([1, 1, 3, 5]);
  const shifted = chain({ bias, relu });
  expect(mapsOf(shifted, picture, [3, 3, 1], { "bias/bias": array([1], 1) })[0]).toEqual([0, 0, 0, 0, 2, 0, 4, 0, 6]);
});

describe("response norm", () => {
  const picture = [3, -1, 4, 1, -5, 9, 2];

  test("divides by the squares of the channels around, alpha spread over the window, as Caffe and PyTorch define it", () => {
    const [found] = mapsOf(responseNorm(5, 2, 0.75), array([1, 1, 1, 7], ...picture), [1, 1, 7]);
    picture.forEach((value, c) => {
      const around = picture.slice(Math.max(0, c - 2), c + 3).reduce((sum, x) => sum + x * x, 0);
      expect(found![c]).toBeCloseTo(value / (1 + (2 / 5) * around) ** 0.75, 5);
    });
  });

  test("works in float32 where the maps are bfloat16", () => {
    const { y } = run({ x: array([1, 1, 1, 7], ...picture) }, (graph, { x }) => {
      const narrow = op.cast(graph, x, "bfloat16");
      const network = chain({ norm: responseNorm(5, 2, 0.75), globalPool });
      const { logits } = forward(network, narrow, {
        graph,
        precision: "bfloat16",
        kernels: "tensorflow",
        weight: () => x,
      });
      const norm = graph.nodes.find((node) => node.op === "LRN")!;
      expect([norm.inputs[0]!.dtype, norm.attributes.T]).toEqual(["float32", { type: "float32" }]);
      return { y: logits };
    });
    const [exact] = mapsOf(responseNorm(5, 2, 0.75), array([1, 1, 1, 7], ...picture), [1, 1, 7]);
    y.data.forEach((value, c) => {
      expect(Math.abs(value / exact![c]! - 1)).toBeLessThan(2 ** -8);
    });
  });
});

/** What the layer makes of each picture, flat: a last convolution over the whole map, its kernel the identity, lays it out. */
function mapsOf(
  layer: Layer,
  images: NdArray,
  output: readonly [number, number, number],
  weights: Named<NdArray> = {},
) {
  const [height, width, channels] = output;
  const cells = elements(output);
  const network = chain({ layer, flat: conv(cells, [height, width], { padding: "valid" }) });
  const identity = Float32Array.from({ length: cells ** 2 }, (_, i) => (i % (cells + 1) === 0 ? 1 : 0));
  const kernels = { ...weights, flat: { shape: [height, width, channels, cells], data: identity } };
  const { logits } = run<string, string>({ images, ...kernels }, (graph, { images, ...values }) => {
    const named = mapped(values, (value) => value);
    const weight = (name: string) => (name === "flat/kernel" ? named.flat! : named[name.replace("layer/", "")]!);
    return { logits: forward(network, images!, { graph, precision: "float32", kernels: "tensorflow", weight }).logits };
  });
  return rows([...logits!.data], cells);
}

function rows(values: readonly number[], width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}
