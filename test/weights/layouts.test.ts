// Numbers moved into another program's layout lie where that program looks for them, and come back to the last bit.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  flattened,
  hwio,
  inOut,
  type Layout,
  oihw,
  outIn,
  pointwise,
  toForeign,
  toOurs,
  vector,
} from "../../src/weights/layouts.ts";

const layouts: readonly (readonly [string, Layout, rank: number])[] = [
  ["vector", vector, 1],
  ["hwio", hwio, 4],
  ["oihw", oihw, 4],
  ["inOut", inOut, 2],
  ["outIn", outIn, 2],
  ["pointwise", pointwise, 2],
  ["flattened", flattened, 4],
];
const counted = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);

test.each(layouts)("%s: there and back is the same", (_name, layout, rank) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: rank, maxLength: rank }), (shape) => {
      const data = counted(shape);
      const there = toForeign(layout, data, shape);
      expect(layout.shape(shape).reduce((a, b) => a * b, 1)).toBe(there.length);
      expect(toOurs(layout, there, shape)).toEqual(data);
    }),
  );
});

describe("the number at", () => {
  const shape = [2, 3, 4, 5] as const;
  const [height, width, inputs, outputs] = shape;
  const data = counted(shape);
  const at = (h: number, w: number, i: number, o: number): number => ((h * width + w) * inputs + i) * outputs + o;

  test("[out, in, row, column] of a PyTorch kernel", () => {
    const there = toForeign(oihw, data, shape);
    expect(oihw.shape(shape)).toEqual([5, 4, 2, 3]);
    expect(there[((3 * inputs + 2) * height + 1) * width + 0]).toBe(at(1, 0, 2, 3));
  });

  test("[out, channel * height * width + ...] of a dense layer over maps, channels first", () => {
    const there = toForeign(flattened, data, shape);
    expect(flattened.shape(shape)).toEqual([5, 24]);
    expect(there[4 * 24 + (3 * height + 1) * width + 2]).toBe(at(1, 2, 3, 4));
  });

  test("[out, in] of a dense layer", () => {
    expect([...toForeign(outIn, counted([2, 3]), [2, 3])]).toEqual([0, 3, 1, 4, 2, 5]);
  });
});
