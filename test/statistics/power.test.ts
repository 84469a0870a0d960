// What a plan can show: the noncentral t distribution against scipy, a published sample size, and simulated ablations.
import { expect, test } from "vitest";
import { ablationStatistics } from "../../src/statistics/ablation.ts";
import { generator } from "../../src/statistics/generator.ts";
import { type Prospect, smallestDifference, tPower, wantedPower } from "../../src/statistics/power.ts";

test.each([
  [2.9155, 33, 0.05, 0.8077838761159448],
  [3, 2, 0.05, 0.38740012852597105],
  [12, 2, 0.0125, 0.8349206121335151],
  [5, 1, 0.05, 0.3051601027351559],
  [4, 4, 0.01, 0.4467668900699919],
])(
  "noncentrality %f with %i degrees of freedom at %f: power %f, as scipy 1.17 has it",
  (noncentrality, df, level, power) => {
    expect(tPower(noncentrality, df, { level })).toBeCloseTo(power, 6);
  },
);

test("a sample's deviation that is not believed below the true one costs power, and more of it with fewer seeds", () => {
  const [few, many] = [2, 30].map((df) => tPower(6, df, { least: 1 }) / tPower(6, df));
  expect(few).toBeLessThan(many!);
  expect(many).toBeLessThan(1);
  expect(tPower(6, 2, { least: 0.001 })).toBeCloseTo(tPower(6, 2), 6);
});

test("without a difference the power is the level", () => {
  for (const df of [1, 2, 9]) expect(tPower(0, df)).toBeCloseTo(0.05, 5);
});

const prospect: Prospect = { seeds: 34, pictures: 1e9, comparisons: 1, sd: 0.01 / Math.SQRT2, disagreement: 0.1 };

test("half a standard deviation takes 34 pairs: statsmodels' TTestPower gives 33.37", () => {
  expect(smallestDifference(prospect)).toBeLessThan(0.005);
  expect(smallestDifference({ ...prospect, seeds: 33 })).toBeGreaterThan(0.005);
});

test("with one seed it is the pictures': 0.1 of disagreement and 1,000 pictures show 2.9 points at 80%, worked from the normal quantiles", () => {
  // 0.001 + (1.95996 sqrt(0.1) + 0.84162 sqrt(0.1 - x^2)) / sqrt(1000) = x at x = 0.0289804, as scipy's brentq solves it.
  const x = smallestDifference({ ...prospect, seeds: 1, pictures: 1000 });
  expect(x).toBeCloseTo(0.028980435, 8);
});

test("more seeds and pictures show less, more comparisons and spread need more; never fewer than four pictures", () => {
  const usual: Prospect = { seeds: 3, pictures: 1000, comparisons: 4, sd: 0.01, disagreement: 0.15 };
  const least = smallestDifference(usual);
  expect(smallestDifference({ ...usual, seeds: 5 })).toBeLessThan(least);
  expect(smallestDifference({ ...usual, comparisons: 1 })).toBeLessThan(least);
  expect(smallestDifference({ ...usual, sd: 0.02 })).toBeGreaterThan(least);
  expect(smallestDifference({ ...usual, sd: 0 })).toBeGreaterThan(
    smallestDifference({ ...usual, sd: 0, pictures: 4000 }),
  );
  expect(smallestDifference({ ...usual, seeds: 50, sd: 0, disagreement: 0 })).toBeCloseTo(3.8415 / 1000, 6);
});

/** Ablations of `comparisons` rows after the first, of which the last has the smallest difference that can be shown. */
test.each([
  { seeds: 3, pictures: 500, comparisons: 1, sd: 0.03 },
  { seeds: 5, pictures: 500, comparisons: 3, sd: 0.02 },
  { seeds: 10, pictures: 500, comparisons: 1, sd: 0 },
  { seeds: 1, pictures: 500, comparisons: 2, sd: 0 },
])(
  "simulation: that difference gets its verdict in about 80% of ablations ($seeds seeds, $comparisons comparisons)",
  ({ seeds, pictures, comparisons, sd }) => {
    const { uniform, normal } = generator(40 + seeds);
    const chances = [0.05, 0.3, 0.7, 0.9] as const;
    // Two trainings of the same recipe: p (1 - p) each way, mean over pictures.
    const disagreement = chances.reduce((sum, p) => sum + (2 * p * (1 - p)) / chances.length, 0);
    const ofTraining = Math.sqrt(Math.max(0, sd * sd - disagreement / 2 / pictures));
    const difference = smallestDifference({ seeds, pictures, comparisons, sd, disagreement });
    const trials = 100;
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      const own = Array.from({ length: pictures }, () => chances[Math.floor(4 * uniform())]!);
      const training = (worse: number): Uint8Array => {
        const luck = worse + ofTraining * normal();
        return Uint8Array.from(own, (chance) => (uniform() < chance + luck ? 0 : 1));
      };
      const rows = Array.from({ length: comparisons + 1 }, (_, r) => ({
        name: `${r}`,
        cells: Array.from({ length: seeds }, (_, seed) => ({
          seed,
          correct: training(r === comparisons ? difference : 0),
        })),
      }));
      const { base } = ablationStatistics(rows, { previous: false }).rows.at(-1)!;
      if (base!.verdict === "worse") found++;
    }
    expect(Math.abs(found / trials - wantedPower)).toBeLessThan(0.13);
  },
);
