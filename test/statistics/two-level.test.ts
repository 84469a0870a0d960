// Intervals over seeds and pictures: worked cases, and how often they hold the truth.
import { expect, test } from "vitest";
import { generator } from "../../src/statistics/generator.ts";
import { describe } from "../../src/statistics/repeats.ts";
import { overSeedsAndPictures } from "../../src/statistics/two-level.ts";

/** `right` of `n` pictures, the first ones. */
const first = (right: number, n = 100): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i < right ? 1 : 0));
const width = ({ low, high }: { low: number; high: number }): number => high - low;

test("with one seed it is the bootstrap over pictures: 30 of 100, sd sqrt(0.21 / 100)", () => {
  const { low, high } = overSeedsAndPictures([first(30)]);
  expect(low).toBeCloseTo(0.3 - 1.96 * Math.sqrt(0.0021), 1);
  expect(high).toBeCloseTo(0.3 + 1.96 * Math.sqrt(0.0021), 1);
});

test("seeds that agree picture by picture leave the pictures alone", () => {
  expect(width(overSeedsAndPictures([first(30), first(30), first(30)]))).toBeCloseTo(
    width(overSeedsAndPictures([first(30)])),
    2,
  );
});

test("pictures that are all alike leave Student's interval over seeds", () => {
  const perSeed = [0.2, 0.5, 0.35].map((value) => new Float64Array(50).fill(value));
  const student = describe([0.2, 0.5, 0.35]).interval!;
  const { low, high } = overSeedsAndPictures(perSeed, { resamples: 100_000 });
  expect(low).toBeCloseTo(student.low, 1);
  expect(high).toBeCloseTo(student.high, 1);
});

test("seeds that happen to have the same mean on different pictures are not believed to be without spread", () => {
  const rotated = (by: number) => Uint8Array.from({ length: 100 }, (_, i) => ((i + by) % 100 < 30 ? 1 : 0));
  // Each training's luck: a standard deviation of sqrt(0.21 / 100) = 0.046, so 4.3 * 0.046 / sqrt(3) to either side at the least.
  const { low, high } = overSeedsAndPictures([rotated(0), rotated(33), rotated(66)]);
  expect(high - low).toBeGreaterThan(0.2);
});

test("the same numbers give the same interval; sets of different sizes are refused", () => {
  const perSeed = [first(30), first(40)];
  expect(overSeedsAndPictures(perSeed)).toEqual(overSeedsAndPictures(perSeed));
  expect(() => overSeedsAndPictures([first(3), first(3, 99)])).toThrow("100,99");
  expect(() => overSeedsAndPictures([])).toThrow(RangeError);
});

test("a resample of few pictures is counted out, one of many is drawn from the normal distribution: they meet at fifty", () => {
  const interval = (right: number) => overSeedsAndPictures([first(right, 2000)], { resamples: 20_000 });
  const [counted, drawn] = [interval(49), interval(50)];
  expect(drawn.low - counted.low).toBeCloseTo(1 / 2000, 3);
  expect(drawn.high - counted.high).toBeCloseTo(1 / 2000, 3);
  // One picture of 2,000: a resample has none of it in 37% of cases, and never fewer.
  expect(interval(1).low).toBe(0);
});

type World = {
  readonly seeds: number;
  /** Half the range of a picture's own share of errors, and of what a training adds to all. */
  readonly picture: number;
  readonly training: number;
  /** How often the truth may be missed. */
  readonly most: number;
};
/** Each training errs on picture i with chance 0.4 + picture's own + training's own: the true error over all trainings and pictures is 0.4. */
test.each<World>([
  { seeds: 2, picture: 0.35, training: 0, most: 0.05 },
  { seeds: 3, picture: 0.35, training: 0, most: 0.05 },
  { seeds: 3, picture: 0.2, training: 0.15, most: 0.075 },
  { seeds: 5, picture: 0.35, training: 0.05, most: 0.07 },
  { seeds: 10, picture: 0.35, training: 0, most: 0.07 },
])("simulation: $seeds seeds, pictures +-$picture, trainings +-$training", ({ seeds, picture, training, most }) => {
  const { uniform } = generator(100 * seeds);
  const trials = 300;
  const around = (range: number): number => range * (2 * uniform() - 1);
  let [missed, missedByStudent] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const own = Array.from({ length: 150 }, () => 0.4 + around(picture));
    const perSeed = Array.from({ length: seeds }, () => {
      const luck = around(training);
      return Float64Array.from(own, (share) => (uniform() < share + luck ? 1 : 0));
    });
    const { low, high } = overSeedsAndPictures(perSeed, { resamples: 200, seed: trial });
    if (low > 0.4 || high < 0.4) missed++;
    const student = describe(perSeed.map((values) => values.reduce((sum, value) => sum + value, 0) / 150)).interval!;
    if (student.low > 0.4 || student.high < 0.4) missedByStudent++;
  }
  expect(missed / trials).toBeLessThan(most);
  // What the interval over seeds alone leaves out is worst where many seeds agree on the same pictures.
  if (seeds === 10) expect(missedByStudent / trials).toBeGreaterThan(0.12);
});
