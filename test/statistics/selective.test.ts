// Risk over coverage, and calibration by equal mass and by class, against NumPy and by hand.
import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrate } from "../../src/statistics/calibration.ts";
import { topError } from "../../src/statistics/ranking.ts";
import { type Scores, subset } from "../../src/statistics/scores.ts";
import { selectiveOf } from "../../src/statistics/selective.ts";
import { scoresOf } from "./scores.ts";
import { sixty } from "./sixty.ts";

/** Five pictures of two classes, the fourth and the last wrong. */
const five = scoresOf(
  [
    [0.995, 0.005],
    [0.92, 0.08],
    [0.15, 0.85],
    [0.25, 0.75],
    [0.65, 0.35],
  ],
  [0, 0, 1, 0, 1],
);

test("risks, areas and accepted pictures by hand", () => {
  const { areaUnderRisk, excessArea, curve, accepted } = selectiveOf(five);
  expect(curve.map(({ coverage }) => coverage)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(curve.map(({ risk }) => risk)).toEqual([0, 0, 0, 0.25, 0.4]);
  expect(curve.map(({ confidence }) => confidence)).toEqual(
    [0.995, 0.92, 0.85, 0.75, 0.65].map((p) => expect.closeTo(p, 6)),
  );
  expect(areaUnderRisk).toBeCloseTo((0.25 + 0.4) / 5, 12);
  expect(excessArea).toBeCloseTo(0, 12);
  expect(accepted.map(({ above, n, accuracy }) => [above, n, accuracy?.value ?? null])).toEqual([
    [0.5, 5, 0.6],
    [0.6, 5, 0.6],
    [0.7, 4, 0.75],
    [0.8, 3, 1],
    [0.9, 2, 1],
    [0.95, 1, 1],
    [0.99, 1, 1],
  ]);
  expect(accepted[3]!.share).toBe(0.6);
});

// Sixty pictures, forty confidences; p: softmax in double precision, c: its largest, r: 1 where right or the mean of those of the same c.
// o = np.argsort(-c); AURC: np.mean(np.cumsum(1 - r[o]) / np.arange(1, 61)); E-AURC: less the same of np.sort(1 - r).
// Equal mass: sum(abs((r[o] - c[o])[b * 60 // 15 : (b + 1) * 60 // 15].sum()) for b in range(15)) / 60.
// By class: the mean over k of ECE of p[:, k] against y == k, bins np.ceil(15 * p) - 1.
test("sixty pictures as NumPy has them", () => {
  const { areaUnderRisk, excessArea } = selectiveOf(sixty);
  expect(areaUnderRisk).toBeCloseTo(0.4432430780394422, 12);
  expect(excessArea).toBeCloseTo(0.26116945256594803, 12);
  const { expectedCalibrationError, adaptiveCalibrationError, classwiseCalibrationError } = calibrate(sixty);
  expect(expectedCalibrationError).toBeCloseTo(0.14610952595020668, 12);
  expect(adaptiveCalibrationError).toBeCloseTo(0.17517778250105034, 12);
  expect(classwiseCalibrationError).toBeCloseTo(0.14854257864708567, 12);
});

test("the first thirty pictures, two to a bin, as scikit-learn's calibration_curve with quantiles has them", () => {
  const thirty = subset(sixty, (_, i) => i < 30);
  // np.mean(np.abs(true - predicted)) of calibration_curve(r, c, n_bins=15, strategy="quantile")
  expect(calibrate(thirty).adaptiveCalibrationError).toBeCloseTo(0.23111719023922905, 12);
});

test("of two classes, the error of the class is that of the other", () => {
  // Each in a bin of its own: 0.995, 0.92, 0.15, 0.25 and 0.65 for class 0, which the first, second and fourth are.
  expect(calibrate(five).classwiseCalibrationError).toBeCloseTo((0.005 + 0.08 + 0.15 + 0.75 + 0.65) / 5, 6);
});

const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(1)), { minLength: 1, maxLength: 40 });
const build = (all: readonly (readonly [number, number])[]): Scores =>
  scoresOf(
    all.map(([odds]) => [odds / (odds + 1), 1 / (odds + 1)]),
    all.map(([, label]) => label),
  );

test("no order of the pictures changes a figure, and the curve ends with the top-1 error", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const [there, back] = [build(all), build([...all].reverse())];
      const [one, other] = [selectiveOf(there), selectiveOf(back)];
      expect(one.areaUnderRisk).toBeCloseTo(other.areaUnderRisk, 12);
      expect(one.excessArea).toBeGreaterThan(-1e-12);
      expect(one.curve.at(-1)!.risk).toBeCloseTo(topError(there, 1).value, 12);
      expect(calibrate(there).adaptiveCalibrationError).toBeCloseTo(calibrate(back).adaptiveCalibrationError, 12);
    }),
  );
});

test("a curve of very many pictures has a thousand points, the last with all", () => {
  const many = build(Array.from({ length: 2500 }, (_, i) => [1 + (i % 4), i % 2] as const));
  const { curve } = selectiveOf(many);
  expect(curve).toHaveLength(1000);
  expect(curve.at(-1)!.coverage).toBe(1);
});
