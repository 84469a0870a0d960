// Paddings given in numbers and pools that round up, against plain loops over the windows' places.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import { elements } from "../../src/graph/node.ts";
import { trace } from "../../src/interpret/shapes.ts";
import { averagePool, chain, conv, depthwise, maxPool } from "../../src/network/build.ts";
import type { Layer, PoolWindow, Primitive } from "../../src/network/layer.ts";
import { distance, type NdArray, random, run } from "./run.ts";

const anyMargin = fc.tuple(fc.nat(2), fc.nat(2));
const anyWindow = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 3, max: 5 })),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.record({ rows: anyMargin, columns: anyMargin }),
  })
  .map(({ kernel, ...options }) => [kernel, options] as const);
const anyPool = fc
  .tuple(anyWindow, fc.boolean())
  .map(([[kernel, options], ceil]) => [kernel, { ...options, ceil }] as const);
const anyLayer: fc.Arbitrary<Layer> = fc.oneof(
  anyWindow.map((window) => conv(3, ...window)),
  anyWindow.map((window) => depthwise(2, ...window)),
  anyPool.map((window) => maxPool(...window)),
  fc
    .tuple(anyPool, fc.constantFrom<"valid" | "full">("valid", "full"))
    .map(([[kernel, options], divisor]) => averagePool(kernel, { ...options, divisor })),
);
const anyMap = fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 }));

describe.each(["float32", "bfloat16"] as const)("in %s", (precision) => {
  test("any layer gives what its windows see", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyLayer, anyMap, (layer, [height, width]) => {
        const map = random([2, height, width, 2], 1);
        expect(distance(ours(layer, map, precision), windows(layer as Windowed, map))).toBeLessThan(
          precision === "float32" ? 1e-6 : 2 ** -7,
        );
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});

test.each(["tensorflow", "own"] as const)(
  "a convolution that the project's own kernel takes, kernels: %s",
  (kernels) => {
    const map = random([2, 18, 17, 16], 1);
    const layer = conv(16, 3, { padding: { rows: [0, 2], columns: [2, 1] } });
    expect(distance(ours(layer, map, "float32", kernels), windows(layer as Windowed, map))).toBeLessThan(1e-5);
  },
);

type Windowed = Extract<Primitive, PoolWindow>;
const kernelShape = (layer: Windowed, channels: number): number[] => [
  ...layer.kernel,
  channels,
  layer.type === "conv" ? layer.filters : layer.type === "depthwise" ? layer.multiplier : 0,
];

function ours(layer: Layer, map: NdArray, precision: "float32" | "bfloat16", kernels: Kernels = "own"): Float32Array {
  const kernel = random(kernelShape(layer as Windowed, map.shape[3]!), 2);
  return run({ map, kernel }, (graph, { map, kernel }) => ({
    y: forward(chain({ layer }), map, { graph, precision, kernels, weight: () => kernel }).logits,
  })).y.data;
}

/** Each window's value from the pixels and zeros under it; the grid is that of the shapes. */
function windows(layer: Windowed, { shape, data }: NdArray): Float32Array {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const { output } = trace(layer, { height, width, channels })[0]!;
  const kernel = random(kernelShape(layer, channels), 2).data;
  const [rows, columns] = typeof layer.padding === "string" ? [] : [layer.padding.rows, layer.padding.columns];
  if (!rows || !columns) throw new Error("only paddings in numbers");
  const result = new Float32Array(elements([batch, output.height, output.width, output.channels]));
  let at = 0;
  for (let picture = 0; picture < batch; picture++)
    for (let row = 0; row < output.height; row++)
      for (let column = 0; column < output.width; column++)
        for (let channel = 0; channel < output.channels; channel++) {
          const seen: { value: number; place: number; from: number }[] = [];
          let area = 0;
          for (let y = 0; y < layer.kernel[0]; y++)
            for (let x = 0; x < layer.kernel[1]; x++) {
              const [r, c] = [row * layer.stride - rows[0] + y, column * layer.stride - columns[0] + x];
              if (r < height + rows[1] && c < width + columns[1]) area++;
              if (r < 0 || r >= height || c < 0 || c >= width) continue;
              for (let from = 0; from < channels; from++)
                seen.push({
                  value: data[((picture * height + r) * width + c) * channels + from]!,
                  place: y * layer.kernel[1] + x,
                  from,
                });
            }
          result[at++] = combined(layer, seen, area, channel, channels, kernel);
        }
  return result;
}

function combined(
  layer: Windowed,
  seen: readonly { value: number; place: number; from: number }[],
  area: number,
  channel: number,
  channels: number,
  kernel: Float32Array,
): number {
  const own = seen.filter(({ from }) => from === channel).map(({ value }) => value);
  const sum = own.reduce((a, b) => a + b, 0);
  switch (layer.type) {
    case "maxPool":
      return Math.max(...own);
    case "averagePool":
      return sum / (layer.divisor === "full" ? area : own.length);
    case "conv":
      return seen.reduce(
        (a, { value, place, from }) => a + value * kernel[(place * channels + from) * layer.filters + channel]!,
        0,
      );
    case "depthwise": {
      const [from, multiple] = [Math.floor(channel / layer.multiplier), channel % layer.multiplier];
      return seen
        .filter((one) => one.from === from)
        .reduce(
          (a, { value, place }) => a + value * kernel[(place * channels + from) * layer.multiplier + multiple]!,
          0,
        );
    }
  }
}
