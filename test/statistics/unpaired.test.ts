// Welch's test against a published example and scipy, and when pairing is worth its degrees of freedom.
import { expect, test } from "vitest";
import { generator } from "../../src/statistics/generator.ts";
import { describe } from "../../src/statistics/repeats.ts";
import { correlation, leastCorrelation, welch } from "../../src/statistics/unpaired.ts";

test("as scipy 1.17 has it: t = 3.4146, df = 4.7638, p = 0.020448, 95% from 0.6583 to 4.9250 (in hundredths)", () => {
  const found = welch([0.03, 0.04, 0.055, 0.06], [0.01, 0.02, 0.025])!;
  expect(found.df).toBeCloseTo(4.763779527559054, 9);
  expect(found.p).toBeCloseTo(0.02044776347625512, 9);
  expect(100 * found.interval.low).toBeCloseTo(0.6583295597442365, 9);
  expect(100 * found.interval.high).toBeCloseTo(4.925003773589097, 9);
});

test("Student's sleep data, taken as unpaired: t = -1.8608, df = 17.776, p = 0.07939, from -3.3655 to 0.2055 (R's t.test)", () => {
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const shares = (hours: number[]) => hours.map((value) => value / 100);
  const found = welch(shares(first), shares(second))!;
  expect(found.df).toBeCloseTo(17.776, 3);
  expect(found.p).toBeCloseTo(0.07939, 5);
  expect(100 * found.interval.low).toBeCloseTo(-3.3654832, 6);
  expect(100 * found.interval.high).toBeCloseTo(0.2054832, 6);
  // R's cor of the two: 0.7951702.
  expect(correlation(first, second)).toBeCloseTo(0.7951702, 6);
});

test("one value, or no spread, gives no test; two pairs no correlation", () => {
  expect(welch([0.1], [0.2, 0.3])).toBeNull();
  expect(welch([0.1, 0.1], [0.2, 0.2])).toBeNull();
  expect(correlation([1, 2], [3, 4])).toBeNull();
  expect(correlation([1, 1, 1], [3, 4, 5])).toBeNull();
  expect(correlation([1, 2, 3], [2, 4, 6])).toBe(1);
});

test("pairing pays from r = 0.885 with two seeds, 0.584 with three, 0.31 with five: 1 - (t' / t)^2 from the tables of t", () => {
  expect(leastCorrelation(2)).toBeCloseTo(1 - (4.30265 / 12.7062) ** 2, 4);
  expect(leastCorrelation(3)).toBeCloseTo(1 - (2.77645 / 4.30265) ** 2, 4);
  expect(leastCorrelation(5)).toBeCloseTo(1 - (2.306 / 2.77645) ** 2, 4);
});

test("at that correlation the paired and the unpaired interval are as wide, for equal spreads", () => {
  const { normal } = generator(8);
  const r = leastCorrelation(3);
  const trials = 2000;
  let [paired, unpaired] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const a = Array.from({ length: 3 }, () => 0.01 * normal());
    const b = a.map((value) => r * value + Math.sqrt(1 - r * r) * 0.01 * normal());
    const own = describe(a.map((value, i) => value - b[i]!));
    paired += (own.interval!.high - own.interval!.low) ** 2;
    // Student's own unpaired interval, of which Welch's is the cautious form.
    unpaired += (4 * 2.77645 ** 2 * (describe(a).sd! ** 2 + describe(b).sd! ** 2)) / 3;
  }
  expect(paired / unpaired).toBeCloseTo(1, 1);
});
