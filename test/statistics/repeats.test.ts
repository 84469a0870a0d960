// Statistics over seeds against published worked examples and simulation.
import fc from "fast-check";
import { expect, test } from "vitest";
import { generator } from "../../src/statistics/generator.ts";
import { cohenDz, describe, holm, pairedT, signFlip } from "../../src/statistics/repeats.ts";

/** Extra hours of sleep of ten patients, second drug minus first: "The probable error of a mean", Biometrika 6 (1908). */
const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
/** Darwin's maize, crossed minus self-fertilized in eighths of an inch: R. A. Fisher, The Design of Experiments (1935). */
const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

test("Student's sleep data: mean 1.58, sd 1.230, t = 4.0621, p = 0.002833, 95% from 0.7001 to 2.4599 (as R's t.test has it)", () => {
  const { n, mean, sd, interval } = describe(sleep);
  expect(n).toBe(10);
  expect(mean).toBeCloseTo(1.58, 12);
  expect(sd).toBeCloseTo(1.229995, 6);
  expect(interval!.low).toBeCloseTo(0.7001142, 7);
  expect(interval!.high).toBeCloseTo(2.4598858, 7);
  const { t, df, p } = pairedT(sleep);
  expect(t).toBeCloseTo(4.0621, 4);
  expect(df).toBe(9);
  expect(p).toBeCloseTo(0.002833, 6);
  expect(cohenDz(sleep)).toBeCloseTo(4.0621277 / Math.sqrt(10), 7);
});

test("Darwin's maize: t = 2.148; 863 of Fisher's 32,768 sign patterns reach the sum of 314 on one side", () => {
  expect(pairedT(maize).t).toBeCloseTo(2.148, 3);
  expect(pairedT(maize).p).toBeCloseTo(0.0497, 4);
  expect(signFlip(maize)).toBe((2 * 863) / 32_768);
});

test("Cohen's d_z of ten ratings of two films is 1.50: D. Lakens, Frontiers in Psychology 4:863 (2013), table 1", () => {
  const first = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9];
  const second = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7];
  expect(cohenDz(first.map((rating, i) => rating - second[i]!))).toBeCloseTo(1.5, 2);
});

test("one value has no spread; equal values have none", () => {
  expect(describe([0.2])).toEqual({ n: 1, mean: 0.2, sd: null, interval: null });
  expect(describe([0.1, 0.1, 0.1])).toEqual({ n: 3, mean: 0.1, sd: 0, interval: { low: 0.1, high: 0.1 } });
  expect(cohenDz([0.1, 0.1])).toBeNull();
  expect(() => describe([])).toThrow(RangeError);
  expect(() => pairedT([1])).toThrow(RangeError);
});

test("sign patterns: all of one sign reach 2/2^n, symmetric ones 1", () => {
  expect(signFlip([3, 1, 2])).toBe(2 / 8);
  expect(signFlip([1, 2, 3, 4, 5, 6])).toBe(2 / 64);
  expect(signFlip([1, -1])).toBe(1);
  expect(signFlip([0, 0, 0])).toBe(1);
});

test("beyond sixteen differences drawn patterns come close to the exact share", () => {
  // All of one size: the number of positive signs is binomial, so 13 of 18 or further out is 2 * P(X <= 5).
  const differences = Array.from({ length: 18 }, (_, i) => (i < 13 ? 1 : -1));
  const exact = (2 * (1 + 18 + 153 + 816 + 3060 + 8568)) / 2 ** 18;
  expect(Math.abs(signFlip(differences) - exact)).toBeLessThan(0.005);
  expect(signFlip(differences)).toBe(signFlip(differences));
  // Nine of size 2, all positive, ten of size 1, six of them, and one of 0.5: the sum is 20.5, and all 2^20 patterns are counted.
  const sizes = [...Array<number>(9).fill(2), ...Array<number>(10).fill(1), 0.5];
  let far = 0;
  for (let pattern = 0; pattern < 2 ** 20; pattern++) {
    let sum = 0;
    for (let i = 0; i < 20; i++) sum += (pattern >> i) & 1 ? sizes[i]! : -sizes[i]!;
    if (Math.abs(sum) >= 20.5) far++;
  }
  const signed = sizes.map((size, i) => (i >= 15 && i < 19 ? -size : size));
  expect(signed.reduce((sum, one) => sum + one, 0)).toBe(20.5);
  expect(Math.abs(signFlip(signed) - far / 2 ** 20)).toBeLessThan(0.0015);
});

test("Holm: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02 (as R's p.adjust has it)", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [i, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(value, 12);
  expect(holm([])).toEqual([]);
  expect(holm([0.4])).toEqual([0.4]);
});

test("Holm never lowers a p, keeps their order and stays below Bonferroni's", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
      const adjusted = holm(p);
      for (const i of p.keys()) {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p[i]!);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p.length * p[i]!) + 1e-12);
        for (const j of p.keys()) if (p[i]! < p[j]!) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
      }
    }),
  );
});

test("simulation: t intervals of 3 and 5 normal differences miss zero in 5% of cases, sign flips of 6 in 2/64", () => {
  const { uniform } = generator(9);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const trials = 8000;
  const misses = (n: number, isMiss: (values: number[]) => boolean): number => {
    let count = 0;
    for (let i = 0; i < trials; i++) if (isMiss(Array.from({ length: n }, normal))) count++;
    return count / trials;
  };
  const excludes = (values: number[]): boolean => {
    const { low, high } = describe(values).interval!;
    return low > 0 || high < 0;
  };
  const tolerance = (p: number): number => 3.5 * Math.sqrt((p * (1 - p)) / trials);
  expect(Math.abs(misses(3, excludes) - 0.05)).toBeLessThan(tolerance(0.05));
  expect(Math.abs(misses(5, excludes) - 0.05)).toBeLessThan(tolerance(0.05));
  expect(Math.abs(misses(6, (values) => signFlip(values) <= 0.05) - 3 / 64 + 1 / 64)).toBeLessThan(tolerance(2 / 64));
});
