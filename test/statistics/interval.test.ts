// Wilson's interval against a published example and simulation.
import { expect, test } from "vitest";
import { generator } from "../../src/statistics/generator.ts";
import { includesZero, rate, wilson, within } from "../../src/statistics/interval.ts";

test("81 of 263 gives 0.2553 to 0.3662 (R. G. Newcombe, Statistics in Medicine 17, 1998)", () => {
  const { low, high } = wilson(81, 263);
  expect(low).toBeCloseTo(0.2553, 4);
  expect(high).toBeCloseTo(0.3662, 4);
  expect(wilson(0, 20).low).toBe(0);
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4);
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(rate(81, 263).value).toBe(81 / 263);
});

test("simulation: about 95% of intervals hold the true share", () => {
  const { binomial } = generator(4);
  const trials = 5000;
  let held = 0;
  for (let i = 0; i < trials; i++) {
    const { low, high } = wilson(binomial(500, 0.23), 500);
    if (low <= 0.23 && 0.23 <= high) held++;
  }
  expect(Math.abs(held / trials - 0.95)).toBeLessThan(0.012);
});

test("an interval that touches zero includes it", () => {
  expect(
    [
      { low: 0, high: 1 },
      { low: -1, high: 0 },
      { low: 0.1, high: 1 },
      { low: -2, high: -1 },
    ].map(includesZero),
  ).toEqual([true, true, false, false]);
});

test("an interval is cut to what is possible, and not turned around where it lies outside", () => {
  expect(within({ low: -0.2, high: 1.3 }, 0, 1)).toEqual({ low: 0, high: 1 });
  expect(within({ low: 0.2, high: 0.3 }, 0, 1)).toEqual({ low: 0.2, high: 0.3 });
  expect(within({ low: 1.2, high: 1.3 }, 0, 1)).toEqual({ low: 1, high: 1 });
});
