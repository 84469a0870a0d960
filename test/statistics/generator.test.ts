// Random numbers for resampling: the published sequence, the same for a seed, and the distributions they should have.
import { expect, test } from "vitest";
import { generator, xoshiro } from "../../src/statistics/generator.ts";

test("xoshiro128** 1.1 from the state 1, 2, 3, 4 gives its reference sequence", () => {
  const next = xoshiro([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test("a seed gives its numbers again; another gives others", () => {
  const draw = (seed: number): number[] => {
    const { uniform } = generator(seed);
    return Array.from({ length: 5 }, uniform);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(0).every((value) => value >= 0 && value < 1)).toBe(true);
});

test("uniform numbers fill all twentieths alike (chi squared, 19 degrees of freedom, 99.9% below 43.8)", () => {
  const { uniform } = generator(1);
  const counts = new Int32Array(20);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(uniform() * 20)]!++;
  expect(counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)).toBeLessThan(43.8);
});

test("binomial draws come as often as they should", () => {
  const { binomial } = generator(2);
  const [n, p, draws] = [8, 0.3, 100_000];
  const counts = new Int32Array(n + 1);
  for (let i = 0; i < draws; i++) counts[binomial(n, p)]!++;
  let [term, chi] = [(1 - p) ** n, 0];
  for (let k = 0; k <= n; k++) {
    chi += (counts[k]! - draws * term) ** 2 / (draws * term);
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  expect(chi).toBeLessThan(26.1); // 99.9% of chi squared with 8 degrees of freedom
});

test("binomial draws of many trials keep mean and spread, and the ends are certain", () => {
  const { binomial } = generator(3);
  const values = Array.from({ length: 20_000 }, () => binomial(50_000, 0.06));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean - 3000)).toBeLessThan((4 * Math.sqrt(2820)) / Math.sqrt(20_000));
  expect(variance / 2820).toBeCloseTo(1, 1);
  expect([binomial(9, 0), binomial(9, 1), binomial(0, 0.5)]).toEqual([0, 9, 0]);
});

test("normal and Student's draws have the tails of their distributions", () => {
  const { normal, student } = generator(6);
  const draws = 40_000;
  const beyond = (draw: () => number, limit: number): number => {
    let count = 0;
    for (let i = 0; i < draws; i++) if (Math.abs(draw()) > limit) count++;
    return count / draws;
  };
  const tolerance = 4 * Math.sqrt((0.05 * 0.95) / draws);
  expect(Math.abs(beyond(normal, 1.959964) - 0.05)).toBeLessThan(tolerance);
  for (const [df, limit] of [
    [1, 12.7062],
    [2, 4.302653],
    [9, 2.262157],
  ] as const)
    expect(Math.abs(beyond(() => student(df), limit) - 0.05)).toBeLessThan(tolerance);
});
