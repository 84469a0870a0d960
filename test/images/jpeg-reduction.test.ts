import { expect, test } from "vitest";
import { leastReduced, reductionFor, shownBy, within } from "../../src/images/jpeg-reduction.ts";
import { wholeOf } from "../../src/images/resample/extent.ts";

const shrunk = (across: number, down: number) => {
  const to = { width: 100, height: 100 };
  return { source: { left: 0, top: 0, width: across * 100, height: down * 100 }, to, window: wholeOf(to) };
};

test("a picture is reduced by the side that shrinks least, and only where all of its pixels count", () => {
  const cases = [
    [1, 1],
    [6.99, 1],
    [7, 3],
    [12.99, 3],
    [13, 5],
    [40, 5],
  ] as const;
  for (const [step, reduction] of cases) {
    expect(reductionFor(shrunk(step, step), "linear")).toBe(reduction);
    expect(reductionFor(shrunk(step, 50), "cubic")).toBe(reduction);
    expect(reductionFor(shrunk(50, step), "cubic")).toBe(reduction);
    expect(reductionFor(shrunk(step, step), "tensorflow")).toBe(1);
  }
  expect(leastReduced).toBe(7);
});

test("rows and columns that fill no whole pixel of the decoder's are not shown", () => {
  expect([1, 3, 5].map((reduction) => shownBy(reduction as 1 | 3 | 5, 1003))).toEqual([1003, 1002, 1000]);
});

test("a box is found again in a reduced picture that does not begin where the whole does", () => {
  const reduced = { width: 200, height: 100, shows: { left: 3, top: 0, width: 1000, height: 500 } };
  expect(within({ left: 53, top: 20, width: 500, height: 480 }, reduced)).toEqual({
    left: 10,
    top: 4,
    width: 100,
    height: 96,
  });
});
