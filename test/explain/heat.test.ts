// Heat between cells, and how patches that overlap become one map.
import fc from "fast-check";
import { expect, test } from "vitest";
import { peakOf, valueAt } from "../../src/explain/heat.ts";
import { patchOf, placesOf, spread } from "../../src/explain/occlusion.ts";

test("between cells it is bilinear, with PyTorch's interpolate(align_corners=False) as the measure", () => {
  const grid = { width: 2, height: 2, values: Float32Array.of(0, 1, 2, 3) };
  const at = (i: number): number => (i + 0.5) / 4;
  const enlarged = [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => valueAt(grid, at(x), at(y))));
  expect(enlarged).toEqual([
    [0, 0.25, 0.75, 1],
    [0.5, 0.75, 1.25, 1.5],
    [1.5, 1.75, 2.25, 2.5],
    [2, 2.25, 2.75, 3],
  ]);
  expect(peakOf(grid)).toEqual({ value: 3, x: 0.75, y: 0.75 });
});

const patches = fc
  .integer({ min: 1, max: 40 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })))
  .chain(([size, side]) => fc.tuple(fc.constant(size), fc.constant(side), fc.integer({ min: 1, max: side })));

test("a patch goes from edge to edge, never further than its stride; equal drops everywhere are an even map", () => {
  fc.assert(
    fc.property(patches, ([size, side, stride]) => {
      const starts = placesOf(size, { side, stride });
      expect([starts[0], starts.at(-1)]).toEqual([0, size - side]);
      for (const [i, start] of starts.slice(1).entries()) {
        expect(start).toBeGreaterThan(starts[i]!);
        expect(start - starts[i]!).toBeLessThanOrEqual(stride);
      }
      const { values } = spread(new Float32Array(starts.length ** 2).fill(0.25), starts, side, size);
      for (const value of values) expect(value).toBeCloseTo(0.25, 5);
    }),
    { numRuns: 60 },
  );
});

test("where the stride is half of the side it is bilinear between the patches' middles", () => {
  const starts = placesOf(8, { side: 4, stride: 2 });
  expect(starts).toEqual([0, 2, 4]);
  const { values } = spread(Float32Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0), starts, 4, 8);
  expect([...values.subarray(0, 8)]).toEqual([0, 0, 0.25, 0.75, 0.75, 0.25, 0, 0]);
});

test("usually a sixth of the input, by half of it", () => {
  expect(patchOf(299)).toEqual({ side: 50, stride: 25 });
  expect(patchOf(3)).toEqual({ side: 1, stride: 1 });
  expect(patchOf(96, { side: 9 })).toEqual({ side: 9, stride: 5 });
});
