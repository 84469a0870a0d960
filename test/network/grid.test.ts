import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chain, conv, maxPool, relu } from "../../src/network/build.ts";
import {
  adaptiveWindows,
  gridAfter,
  marginsOf,
  type Sliding,
  slide,
  slideOver,
  zerosAround,
} from "../../src/network/grid.ts";

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

/** floor((length + 2 * padding - kernel) / stride) + 1, rounded up with `ceil`: the table in PyTorch's documentation. */
describe("a padding given in numbers, and windows that reach over the edge", () => {
  const one = (places: number) => [places, places] as const;
  test.each<[string, number, number, Sliding, number]>([
    [
      "7x7 / 2, 3 around: the first convolution of ResNet and of torchvision's GoogLeNet",
      224,
      7,
      { stride: 2, padding: one(3) },
      112,
    ],
    ["the same at 225 pixels", 225, 7, { stride: 2, padding: one(3) }, 113],
    ["3x3 / 2, 1 around: ResNet's first pool", 112, 3, { stride: 2, padding: one(1) }, 56],
    ["3x3 / 2 with ceil: torchvision's GoogLeNet, first pool", 112, 3, { stride: 2, padding: "valid", ceil: true }, 56],
    ["without ceil", 112, 3, { stride: 2, padding: "valid" }, 55],
    ["second pool", 56, 3, { stride: 2, padding: "valid", ceil: true }, 28],
    ["third pool", 28, 3, { stride: 2, padding: "valid", ceil: true }, 14],
    ["2x2 / 2 with ceil, the fourth", 14, 2, { stride: 2, padding: "valid", ceil: true }, 7],
    ["a window that would start behind the map is left out", 3, 1, { stride: 2, padding: one(1), ceil: true }, 2],
    ["1x7, 3 around: torchvision's InceptionC", 17, 7, { stride: 1, padding: one(3) }, 17],
    ["more before than after", 10, 3, { stride: 2, padding: [2, 0] }, 5],
    ["less than a window", 4, 7, { stride: 1, padding: one(1) }, 0],
  ])("%s", (_, length, kernel, sliding, places) => {
    expect(slide(length, kernel, sliding)).toBe(places);
  });

  const any = fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    kernel: fc.integer({ min: 1, max: 9 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.tuple(fc.nat(4), fc.nat(4)),
    ceil: fc.boolean(),
  });

  test("are the windows that can be laid one after the other", () => {
    fc.assert(
      fc.property(any, ({ length, kernel, stride, padding: [before, after], ceil }) => {
        fc.pre(before + length + after >= kernel);
        let places = 0;
        let end = Number.NEGATIVE_INFINITY;
        for (let start = -before; ; start += stride) {
          const whole = start + kernel <= length + after;
          if (!whole && !(ceil && start < length && end < length + after)) break;
          if (ceil && start >= length) break;
          places += 1;
          end = start + kernel;
        }
        expect(slide(length, kernel, { stride, padding: [before, after], ceil })).toBe(places);
      }),
    );
  });

  test("the margins hold every window and no place beyond the last", () => {
    fc.assert(
      fc.property(any, ({ length, kernel, stride, padding, ceil }) => {
        const window = { kernel: [kernel, 1], stride, padding: { rows: padding, columns: [0, 0] }, ceil } as const;
        const [places] = slideOver(window, [length, 1]);
        fc.pre(places >= 1);
        const [[before, after]] = marginsOf(window, [length, 1]);
        expect(before).toBe(padding[0]);
        expect(after).toBe(Math.max(0, (places - 1) * stride + kernel - before - length));
        if (!ceil) expect(after).toBeLessThanOrEqual(padding[1]);
        expect(slide(before + length + after, kernel, { stride, padding: "valid" })).toBe(places);
      }),
    );
  });
});

describe("an adaptive pool's windows", () => {
  test("are those of PyTorch's documentation on 14 cells, torchvision's heads", () => {
    expect(adaptiveWindows(14, 4)).toEqual([
      [0, 4],
      [3, 7],
      [7, 11],
      [10, 14],
    ]);
  });

  test("cover the side, in order, and none is empty", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), (length, grid) => {
        const windows = adaptiveWindows(length, grid);
        expect([windows[0]![0], windows.at(-1)![1]]).toEqual([0, length]);
        for (const [i, [start, end]] of windows.entries()) {
          expect(start).toBeLessThan(end);
          if (i > 0) expect(start).toBeLessThanOrEqual(windows[i - 1]![1]);
        }
      }),
    );
  });
});
