// Kernels in fewer bits: how far from themselves, and through a file.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/checkpoint/safetensors.ts";
import { asStored, fromLevels, outputsOf, packed, toLevels, unpacked } from "../../src/checkpoint/storage.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { chain, conv, dense, depthwise, globalPool } from "../../src/network/build.ts";
import { randomWeights } from "../graph/weights.ts";

const anyKernel = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 })).chain(([outputs, rows]) =>
  fc.record({
    outputs: fc.constant(outputs),
    kernel: fc
      .array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: outputs * rows, maxLength: outputs * rows })
      .map((values) => Float32Array.from(values)),
  }),
);

describe("levels", () => {
  test("are half a level from a weight at the most, one at the ends, and zero is zero", () => {
    fc.assert(
      fc.property(anyKernel, ({ kernel, outputs }) => {
        const { levels, scales, zeros } = toLevels(kernel, outputs);
        const read = fromLevels({ levels, scales, zeros });
        for (const [i, weight] of kernel.entries()) {
          const scale = scales[i % outputs]!;
          expect(Math.abs(read[i]! - weight)).toBeLessThanOrEqual(1.001 * scale + 1e-30);
          if (weight === 0) expect(read[i]).toBe(0);
        }
      }),
    );
  });

  test("are those of each output alone", () => {
    const { levels, scales, zeros } = toLevels(Float32Array.of(0, 0, 255, 2.55, 51, -0.85), 2);
    expect([...levels]).toEqual([0, 64, 255, 255, 51, 0]);
    expect([...scales]).toEqual([1, Math.fround(3.4 / 255)]);
    expect([...zeros]).toEqual([0, 64]);
  });
});

test("halves are rounded to the nearest", () => {
  expect([...asStored.float16(Float32Array.of(1, 1.0001, 1 / 3), 1)]).toEqual([1, 1, 0.333251953125]);
});

const network = chain({ a: conv(4, 3), b: depthwise(2, 3), pool: globalPool, c: dense(5) });
const needed = variables(network, { height: 8, width: 8, channels: 3 });

test("outputs are a kernel's last axis, of a depthwise one its last two", () => {
  expect(needed.filter(({ kind }) => kind === "kernel").map(outputsOf)).toEqual([4, 8, 5]);
});

test.each(["float32", "float16", "uint8"] as const)(
  "%s comes back from a file as it is stored, biases as they are",
  (storage) => {
    const weights = randomWeights(network, 8);
    const bytes = encode(packed(weights, needed, storage));
    const read = unpacked(decode(bytes, "x").tensors);
    expect([...read.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const variable of needed) {
      const { data } = weights.get(variable.name)!;
      const expected = variable.kind === "kernel" ? asStored[storage](data, outputsOf(variable)) : data;
      expect(read.get(variable.name)!.data, variable.name).toEqual(expected);
    }
  },
);
