// Bootstrap intervals of figures: what they hold, how often they hold the truth, and groups of pictures as units.
import { expect, test } from "vitest";
import { percentileInterval, resample, resamples } from "../../src/statistics/bootstrap.ts";
import { calibrate } from "../../src/statistics/calibration.ts";
import { figureIntervals } from "../../src/statistics/figure-intervals.ts";
import { type Generator, generator } from "../../src/statistics/generator.ts";
import { compareGrouped } from "../../src/statistics/grouped-comparison.ts";
import { type Interval, wilson } from "../../src/statistics/interval.ts";
import { bootstrapDifference, mcnemar } from "../../src/statistics/paired.ts";
import type { Scores } from "../../src/statistics/scores.ts";
import { certain, scoresOf } from "./scores.ts";
import { sixty } from "./sixty.ts";

const holds = ({ low, high }: Interval, value: number): boolean => low - 1e-12 <= value && value <= high + 1e-12;
const width = ({ low, high }: Interval): number => high - low;

test("a resample has as many units as there are, each as often as the other on average, and is the same again", () => {
  const sums = new Float64Array(7);
  let [draws, squares] = [0, 0];
  resample(7, (times, draw) => {
    expect(draw).toBe(draws++);
    expect(times.reduce((sum, often) => sum + often, 0)).toBe(7);
    for (let i = 0; i < 7; i++) sums[i]! += times[i]!;
    squares += (times[0]! - 1) ** 2;
  });
  expect(draws).toBe(resamples);
  for (const sum of sums) expect(Math.abs(sum / draws - 1)).toBeLessThan(0.12);
  // Binomial with n = 7 and p = 1/7: a variance of 6/7.
  expect(squares / draws).toBeCloseTo(6 / 7, 0);
  let again = 0;
  resample(7, (times) => {
    again += times[3]!;
  });
  expect(again).toBe(sums[3]);
});

test("values that are none are left out of an interval; of none there is no interval", () => {
  const values = Float64Array.from({ length: 101 }, (_, i) => i);
  expect(percentileInterval(values)).toEqual({ low: 2.5, high: 97.5 });
  expect(percentileInterval(Float64Array.of(Number.NaN, 3, Number.NaN, 1))).toEqual({ low: 1.05, high: 2.95 });
  expect(percentileInterval(Float64Array.of(Number.NaN))).toBeNull();
});

/** A thousand resamples leave the ends of an interval this much room. */
const expectEnds = ({ low, high }: Interval, ends: readonly [number, number]): void => {
  expect(Math.abs(low - ends[0])).toBeLessThan(0.02);
  expect(Math.abs(high - ends[1])).toBeLessThan(0.02);
};

// scipy.stats.bootstrap((y, predicted), figure, paired=True, n_resamples=40_000, method=...) of scipy 1.17.1, the figures written with NumPy.
test("sixty pictures as SciPy's bootstrap has them, percentile or basic", () => {
  const { top1, macroF1, matthews, expectedCalibrationError, f1 } = figureIntervals(sixty);
  expectEnds(matthews, [0.14051198265185472, 0.45233463803717033]);
  expectEnds(macroF1, [0.2512663794346016, 0.4594221862221863]);
  expectEnds(f1[1]!, [0.26666666666666666, 0.6666666666666666]);
  expectEnds(top1, [wilson(28, 60).low, wilson(28, 60).high]);
  // Basic: 0.0036 to 0.1880; but calibrated models have up to 0.1976, drawn with NumPy as rng.random(60) < c, and this one has 0.1461.
  expect(Math.abs(calibrate(sixty).errorByChance - 0.19757615627704256)).toBeLessThan(0.02);
  expectEnds(expectedCalibrationError, [0, 0.18797180452688822]);
  expect(expectedCalibrationError.low).toBe(0);
});

test("groups of five pictures each, as NumPy draws them", () => {
  const grouping = { groups: 12, groupOf: Int32Array.from({ length: 60 }, (_, i) => Math.floor(i / 5)) };
  expectEnds(figureIntervals(sixty, grouping).top1, [0.35, 0.5833333333333334]);
});

test("an interval of nothing wrong is a point at 1, and a class that nothing is taken for has none", () => {
  const { macroF1, matthews, f1 } = figureIntervals(certain([0, 1, 1, 0], [0, 1, 1, 0], 3));
  expect(macroF1).toEqual({ low: 1, high: 1 });
  // A resample of one class alone has no correlation.
  expect(matthews.high).toBe(1);
  expect(f1).toEqual([{ low: 1, high: 1 }, { low: 1, high: 1 }, null]);
});

/** Every picture `copies` times. */
const repeated = ({ classes, names, labels, logits }: Scores, copies: number): Scores => ({
  classes,
  names: names.flatMap((name) => Array.from({ length: copies }, (_, i) => `${i}/${name}`)),
  labels: Int32Array.from([...labels].flatMap((label) => Array<number>(copies).fill(label))),
  logits: Float32Array.from(
    names.flatMap((_, i) => {
      const row = [...logits.subarray(i * classes.length, (i + 1) * classes.length)];
      return Array.from({ length: copies }, () => row).flat();
    }),
  ),
});

test("copies of a picture make an interval narrower, unless a group says that they belong together", () => {
  const copies = 4;
  const many = repeated(sixty, copies);
  const grouping = { groups: 60, groupOf: Int32Array.from({ length: 240 }, (_, i) => Math.floor(i / copies)) };
  const [once, alone, grouped] = [figureIntervals(sixty), figureIntervals(many), figureIntervals(many, grouping)];
  for (const key of ["top1", "matthews"] as const) {
    expect(width(alone[key]) / width(once[key])).toBeCloseTo(0.5, 1);
    expect(grouped[key]).toEqual({ low: expect.closeTo(once[key].low, 12), high: expect.closeTo(once[key].high, 12) });
  }
});

test("with a group for each picture a difference has McNemar's exact p and the interval over pictures", () => {
  const a = Float64Array.from({ length: 60 }, (_, i) => (i < 40 ? 1 : 0));
  const b = Float64Array.from({ length: 60 }, (_, i) => (i >= 11 && i < 43 ? 1 : 0));
  const single = { groups: 60, groupOf: Int32Array.from(a.keys()) };
  const { interval, p, verdict } = compareGrouped(a, b, single);
  expect(p).toBeCloseTo(mcnemar(11, 3), 12);
  expectEnds(
    interval,
    Object.values(bootstrapDifference({ both: 29, onlyA: 11, onlyB: 3, neither: 17 })) as [number, number],
  );
  expect(verdict).toBe("not distinguishable");
});

test("where few groups make the whole difference it is not distinguishable, however many pictures they have", () => {
  const a = new Float64Array(400).fill(1);
  const b = Float64Array.from({ length: 400 }, (_, i) => (i < 100 ? 0 : 1));
  const groupOf = Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 50));
  const { p, verdict } = compareGrouped(a, b, { groups: 8, groupOf });
  expect(p).toBe(0.5);
  expect(verdict).toBe("not distinguishable");
  expect(mcnemar(100, 0)).toBeLessThan(1e-20);
});

/** The share of trials whose interval holds the truth. */
const coverage = (trials: number, once: (random: Generator) => boolean): number => {
  const random = generator(9);
  return Array.from({ length: trials }, () => once(random)).filter(Boolean).length / trials;
};

test("of 50 classes with about 6 pictures each the interval of macro F1 holds the true one", () => {
  const [classes, right] = [50, 0.7];
  // Wrong pictures are taken for any other class with equal chance, so precision, recall and F1 of every class are 0.7.
  const held = coverage(40, ({ uniform, whole }) => {
    const labels = Array.from({ length: 6 * classes }, () => whole(classes));
    const predicted = labels.map((label) => (uniform() < right ? label : (label + 1 + whole(classes - 1)) % classes));
    return holds(figureIntervals(certain(labels, predicted, classes)).macroF1, right);
  });
  expect(held).toBeGreaterThanOrEqual(0.85);
});

test.each([0, 0.1])("with confidences %d above the chance to be right the interval of ECE holds that", (above) => {
  const held = coverage(60, ({ uniform }) => {
    const confidences = Array.from({ length: 200 }, () => 0.5 + uniform() / 2);
    const labels = confidences.map((confidence) => (uniform() < confidence - above ? 0 : 1));
    const scores = scoresOf(
      confidences.map((confidence) => [confidence, 1 - confidence]),
      labels,
    );
    return holds(figureIntervals(scores).expectedCalibrationError, above);
  });
  expect(held).toBeGreaterThanOrEqual(0.85);
});
