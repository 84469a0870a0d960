import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chain, conv, maxPool, relu } from "../../src/network/build.ts";
import { gridAfter, slide, zerosAround } from "../../src/network/grid.ts";

describe("zeros around a side, as TensorFlow's documentation counts them", () => {
  test.each([
    [5, 3, 1, [1, 1]],
    [6, 3, 2, [0, 1]],
    [7, 3, 2, [1, 1]],
    [8, 7, 1, [3, 3]],
    [149, 2, 1, [0, 1]],
    [4, 1, 2, [0, 0]],
  ])("%i pixels, a kernel of %i, stride %i", (length, kernel, stride, zeros) => {
    expect(zerosAround(length, slide(length, kernel, { stride, padding: "same" }), kernel, stride)).toEqual(zeros);
  });

  test("a valid window needs none", () => {
    const sides = fc.record({
      kernel: fc.integer({ min: 1, max: 9 }),
      stride: fc.integer({ min: 1, max: 4 }),
      more: fc.nat(40),
    });
    fc.assert(
      fc.property(sides, ({ kernel, stride, more }) => {
        const length = kernel + more;
        expect(zerosAround(length, slide(length, kernel, { stride, padding: "valid" }), kernel, stride)).toEqual([
          0, 0,
        ]);
      }),
    );
  });

  test("under same padding the windows reach the end and start nowhere but inside", () => {
    const sides = fc.record({
      kernel: fc.integer({ min: 1, max: 9 }),
      stride: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(sides, ({ kernel, stride, length }) => {
        const output = slide(length, kernel, { stride, padding: "same" });
        const [before, after] = zerosAround(length, output, kernel, stride);
        expect((output - 1) * stride - before).toBeLessThan(length);
        expect((output - 1) * stride - before + kernel - 1).toBeLessThanOrEqual(length - 1 + after);
        expect([0, 1]).toContain(after - before);
      }),
    );
  });
});

test("the grid at the end of a layer", () => {
  const layer = chain({
    first: conv(32, 3, { stride: 2, padding: "valid" }),
    relu,
    pool: maxPool(3, { stride: 2, padding: "valid" }),
  });
  expect(gridAfter(layer, 299)).toBe(74);
});
