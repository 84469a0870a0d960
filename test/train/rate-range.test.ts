// The range test as arithmetic: rates, smoothing, the end, and the suggestion on curves whose lowest point is known.
import { describe, expect, test } from "vitest";
import { allSteps, rangeTest, settlingSteps } from "../../src/train/rate-range.ts";

const given = 0.05;

/** Feeds losses by rate until the test ends. */
function run(lossAt: (rate: number, step: number) => number) {
  const test = rangeTest(given);
  const rates = [test.rate()];
  while (!test.add(lossAt(rates.at(-1)!, rates.length - 1))) rates.push(test.rate());
  return { ...test.curve(), rates, steps: rates.length };
}

test("rates settle at a thousandth of the given one, then grow by one factor from step to step to a hundred times it", () => {
  const { rates, points } = run(() => 1);
  expect(rates.slice(0, settlingSteps + 1).every((rate) => rate === given / 1000)).toBe(true);
  for (let step = settlingSteps + 1; step < allSteps; step++)
    expect(rates[step]! / rates[step - 1]!).toBeCloseTo(10 ** (1 / 36), 12);
  expect(rates.at(-1)).toBeCloseTo(100 * given, 10);
  expect(points.map(({ rate }) => rate)).toEqual(rates.slice(settlingSteps));
  expect(rates.length).toBe(allSteps);
});

test("smoothing is bias-corrected: a constant stays what it is, and noise is halved and more", () => {
  expect(run(() => 3).points.every(({ smoothed }) => Math.abs(smoothed - 3) < 1e-12)).toBe(true);
  const { points } = run((_, step) => 2 + (step % 2 === 0 ? 0.3 : -0.3));
  for (const { smoothed } of points) expect(Math.abs(smoothed - 2)).toBeLessThan(0.03);
});

/** Falls from `start` around 1e-3, is lowest at `best`, and rises above it. */
const valley =
  (best: number, start = 2) =>
  (rate: number) =>
    start - 1.5 / (1 + (1e-3 / rate) ** 1.5) + Math.max(0, Math.log10(rate / best)) ** 2 * 3;

describe("the suggestion", () => {
  test.each([0.03, 0.1, 0.5, 2])(
    "is a tenth of the rate with the lowest loss, %d, but for the smoothing's lag",
    (best) => {
      const { suggestion, lowest, end } = run(valley(best));
      expect(suggestion).toBe(Number((lowest!.rate / 10).toPrecision(2)));
      expect(suggestion! / (best / 10)).toBeGreaterThan(0.99);
      expect(suggestion! / (best / 10)).toBeLessThan(4);
      expect(end).toBe(best < 0.3 ? "rising" : end);
    },
  );

  test("is none where the loss does not fall, or by no more than its noise", () => {
    expect(run(() => 2)).toMatchObject({ suggestion: null, end: "highest", steps: allSteps });
    expect(run((rate) => 2 + 5 * rate)).toMatchObject({ suggestion: null, end: "rising" });
    const noise = (step: number) => 0.4 * Math.sin(12.9898 * step * step);
    expect(run((_, step) => 2 + noise(step)).suggestion).toBeNull();
    expect(run((rate, step) => valley(0.1)(rate) + noise(step)).suggestion).toBeGreaterThan(0.005);
  });
});

describe("the end", () => {
  test("is where the smoothed loss is above four times its lowest, and not for one high loss", () => {
    const { end, points } = run((rate) => (rate < 0.01 ? 1 : 40));
    expect(end).toBe("rising");
    expect(points.at(-1)!.smoothed).toBeGreaterThan(4);
    expect(points.at(-2)!.smoothed).toBeLessThanOrEqual(4);
    expect(run((_, step) => (step === 100 ? 9 : 1)).end).toBe("highest");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("is a loss of %d, which is no point of the curve", (bad) => {
    const { end, points, lowest } = run((rate) => (rate > 0.01 ? bad : 2 - rate));
    expect(end).toBe("notFinite");
    expect(points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(lowest!.rate / 0.01).toBeCloseTo(1, 0);
    expect(run(() => bad)).toMatchObject({ points: [], lowest: null, suggestion: null, steps: 1 });
  });
});
