// Paired comparison against published examples, exact values and simulation.
import fc from "fast-check";
import { expect, test } from "vitest";
import { binomialCdf } from "../../src/statistics/distributions.ts";
import { generator } from "../../src/statistics/generator.ts";
import { bootstrapDifference, comparePaired, mcnemar, quantile } from "../../src/statistics/paired.ts";

test("McNemar's exact p of two studies in Fagerland, Lydersen and Laake, BMC Med. Res. Methodol. 13:91 (2013)", () => {
  // Airway hyper-responsiveness of 21 children before and after a transplantation: 1 and 7 changed.
  expect(mcnemar(1, 7)).toBeCloseTo(0.0703, 4);
  // Complete response of 161 children before and after a therapy: 6 and 16 changed.
  expect(mcnemar(6, 16)).toBeCloseTo(0.0525, 4);
});

test("McNemar's exact p is the sum of the binomial terms at least as far out", () => {
  expect(mcnemar(0, 5)).toBeCloseTo(2 / 32, 14);
  expect(mcnemar(0, 6)).toBeCloseTo(2 / 64, 14);
  expect(mcnemar(0, 0)).toBe(1);
  expect(mcnemar(4, 4)).toBe(1);
  fc.assert(
    fc.property(fc.nat(800), fc.nat(800), (a, b) => {
      expect(mcnemar(a, b)).toBe(mcnemar(b, a));
    }),
  );
});

test("the sum and the incomplete beta function agree where one takes over from the other", () => {
  expect(mcnemar(470, 530) / (2 * binomialCdf(470, 1000, 0.5))).toBeCloseTo(1, 9);
  // scipy.stats.binomtest(400, 880).pvalue and binomtest(950, 2000).pvalue
  expect(mcnemar(400, 480)).toBeCloseTo(0.007707305043339153, 12);
  expect(mcnemar(950, 1050)).toBeCloseTo(0.026824146240280546, 10);
});

test("a comparison counts each picture in one cell", () => {
  const pair = comparePaired([1, 1, 1, 0, 0, 1], [1, 0, 0, 1, 0, 1]);
  expect(pair).toMatchObject({
    n: 6,
    agreement: { both: 2, onlyA: 2, onlyB: 1, neither: 1 },
    accuracyA: 4 / 6,
    accuracyB: 3 / 6,
    difference: 1 / 6,
    p: 1,
  });
  expect(() => comparePaired([1], [1, 0])).toThrow(RangeError);
});

test("the drawn cells give the interval that resampling the pictures themselves gives", () => {
  const agreement = { both: 30, onlyA: 14, onlyB: 5, neither: 11 };
  const pictures = [...Array(30).fill(0), ...Array(14).fill(1), ...Array(5).fill(-1), ...Array(11).fill(0)] as number[];
  const { uniform } = generator(11);
  const means = Float64Array.from({ length: 20_000 }, () => {
    let sum = 0;
    for (let i = 0; i < 60; i++) sum += pictures[Math.floor(uniform() * 60)]!;
    return sum / 60;
  }).sort();
  const { low, high } = bootstrapDifference(agreement, { resamples: 20_000 });
  expect(Math.abs(low - quantile(means, 0.025))).toBeLessThanOrEqual(1 / 60 + 1e-9);
  expect(Math.abs(high - quantile(means, 0.975))).toBeLessThanOrEqual(1 / 60 + 1e-9);
});

test("an interval mirrors when the two sides are exchanged, and is a point where nothing differs", () => {
  const agreement = { both: 400, onlyA: 60, onlyB: 35, neither: 105 };
  const there = bootstrapDifference(agreement);
  const back = bootstrapDifference({ ...agreement, onlyA: 35, onlyB: 60 });
  expect(there.low + back.high).toBeCloseTo(0, 2);
  expect(there.high + back.low).toBeCloseTo(0, 2);
  expect(bootstrapDifference({ both: 9, onlyA: 0, onlyB: 0, neither: 3 })).toEqual({ low: 0, high: 0 });
  expect(bootstrapDifference(agreement)).toEqual(there);
});

/** Of 400 pictures about one in five is right in one of the results only; each side alike. */
const simulate = (trials: number): { rejected: number; outside: number } => {
  const { binomial } = generator(5);
  let [rejected, outside] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const discordant = binomial(400, 0.2);
    const onlyA = binomial(discordant, 0.5);
    const onlyB = discordant - onlyA;
    if (mcnemar(onlyA, onlyB) <= 0.05) rejected++;
    const { low, high } = bootstrapDifference(
      { both: 200, onlyA, onlyB, neither: 200 - discordant },
      { resamples: 400, seed: trial },
    );
    if (low > 0 || high < 0) outside++;
  }
  return { rejected: rejected / trials, outside: outside / trials };
};

test("simulation: where both are equally good, 5% is not exceeded beyond sampling error", () => {
  const trials = 3000;
  const error = Math.sqrt((0.05 * 0.95) / trials);
  const { rejected, outside } = simulate(trials);
  expect(rejected).toBeLessThan(0.05 + 3 * error);
  // Exact but of few values, hence conservative: about 3.8% here, by its binomial sums.
  expect(rejected).toBeGreaterThan(0.02);
  expect(Math.abs(outside - 0.05)).toBeLessThan(4 * error);
});
