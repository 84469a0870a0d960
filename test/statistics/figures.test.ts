// Ranks, confusion, calibration, temperature and mistakes on small sets worked by hand.
import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrate } from "../../src/statistics/calibration.ts";
import { classFigures, confusionOf, macroFigures, mostConfused } from "../../src/statistics/confusion.ts";
import { generator } from "../../src/statistics/generator.ts";
import { worstMistakes } from "../../src/statistics/mistakes.ts";
import { topError } from "../../src/statistics/ranking.ts";
import { rowOf, type Scores, subset, withinClasses, withoutBackground } from "../../src/statistics/scores.ts";
import { softmax } from "../../src/statistics/softmax.ts";
import { fitTemperature, temperatureFigures } from "../../src/statistics/temperature.ts";
import { certain, logitsOf, scoresOf } from "./scores.ts";

test("precision, recall and F1 of the example in scikit-learn's classification_report", () => {
  const confusion = confusionOf(certain([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], 3));
  expect(confusion.cells.map(({ label, predicted, count }) => [label, predicted, count])).toEqual([
    [0, 0, 1],
    [1, 0, 1],
    [2, 1, 1],
    [2, 2, 2],
  ]);
  const [zero, one, two] = classFigures(confusion);
  expect(zero).toEqual({ name: "class 0", n: 1, taken: 2, correct: 1, precision: 0.5, recall: 1, f1: 2 / 3 });
  expect(one).toEqual({ name: "class 1", n: 1, taken: 1, correct: 0, precision: 0, recall: 0, f1: 0 });
  expect(two).toEqual({ name: "class 2", n: 3, taken: 2, correct: 2, precision: 1, recall: 2 / 3, f1: 0.8 });
  const macro = macroFigures(classFigures(confusion));
  expect(macro.precision).toBeCloseTo(0.5, 12);
  expect(macro.recall).toBeCloseTo(5 / 9, 12);
  expect(macro.f1).toBeCloseTo((2 / 3 + 0.8) / 3, 12);
});

test("a class without pictures has no recall, one never predicted no precision, and neither counts where it is not there", () => {
  const figures = classFigures(confusionOf(certain([0, 0, 2], [0, 0, 0], 4)));
  expect(figures[1]).toMatchObject({ n: 0, precision: null, recall: null, f1: null });
  expect(figures[2]).toMatchObject({ n: 1, precision: null, recall: 0, f1: 0 });
  expect(macroFigures(figures)).toEqual({ precision: 1 / 3, recall: 0.5, f1: 0.4 });
  expect(macroFigures([])).toEqual({ precision: null, recall: null, f1: null });
});

test("the matrix counts every picture once, and its diagonal is the top-1 accuracy", () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true });
  const row = fc.uniqueArray(share, { minLength: 4, maxLength: 4, selector: Math.fround });
  const picture = fc.tuple(row, fc.nat(3));
  fc.assert(
    fc.property(fc.array(picture, { minLength: 1, maxLength: 20 }), (pictures) => {
      const scores = scoresOf(
        pictures.map(([row]) => row),
        pictures.map(([, label]) => label),
      );
      const confusion = confusionOf(scores);
      expect(confusion.cells.reduce((sum, { count }) => sum + count, 0)).toBe(pictures.length);
      const correct = classFigures(confusion).reduce((sum, one) => sum + one.correct, 0);
      expect(1 - correct / pictures.length).toBeCloseTo(topError(scores, 1).value, 12);
    }),
  );
});

test("the commonest confusions come first, and have a direction", () => {
  const confusion = confusionOf(certain([0, 0, 0, 1, 1, 1, 1, 2], [1, 1, 0, 0, 2, 1, 2, 2], 3));
  expect(mostConfused(confusion, 9)).toEqual([
    { label: "class 0", predicted: "class 1", count: 2, share: 2 / 3 },
    { label: "class 1", predicted: "class 2", count: 2, share: 0.5 },
    { label: "class 1", predicted: "class 0", count: 1, share: 0.25 },
  ]);
  expect(mostConfused(confusion, 1)).toHaveLength(1);
});

test("likelihood, Brier score and calibration error by hand", () => {
  const scores = scoresOf(
    [
      [0.59, 0.31, 0.1],
      [0.62, 0.18, 0.2],
      [0.2, 0.7, 0.1],
    ],
    [0, 1, 1],
  );
  const { negativeLogLikelihood, brier, expectedCalibrationError, bins } = calibrate(scores);
  expect(negativeLogLikelihood).toBeCloseTo(-(Math.log(0.59) + Math.log(0.18) + Math.log(0.7)) / 3, 6);
  const squares = [0.1681 + 0.0961 + 0.01, 0.3844 + 0.6724 + 0.04, 0.04 + 0.09 + 0.01];
  expect(brier).toBeCloseTo(squares.reduce((a, b) => a + b, 0) / 3, 6);
  // 0.59 lies in the ninth of 15 bins, 0.62 lies in the tenth, 0.7 in the eleventh: |1 - 0.59|, |0 - 0.62|, |1 - 0.7|.
  expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]);
  expect(expectedCalibrationError).toBeCloseTo((0.41 + 0.62 + 0.3) / 3, 6);
  expect(bins[0]).toEqual({ low: 0, high: 1 / 15, count: 0, confidence: null, accuracy: null });
});

test("a certain mistake costs much, not everything", () => {
  const { negativeLogLikelihood, brier, expectedCalibrationError } = calibrate(certain([0, 1], [1, 1], 2));
  expect(negativeLogLikelihood).toBeGreaterThan(300);
  expect(Number.isFinite(negativeLogLikelihood)).toBe(true);
  expect(brier).toBe(1);
  expect(expectedCalibrationError).toBe(0.5);
});

/** Labels drawn from the probabilities of random logits; then the logits are made `sharper` times as large. */
function drawn(n: number, sharper: number) {
  const { uniform } = generator(17);
  const softmax = (logits: number[]): number[] => {
    const shares = logits.map(Math.exp);
    const total = shares.reduce((a, b) => a + b, 0);
    return shares.map((value) => value / total);
  };
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < n; i++) {
    const logits = Array.from({ length: 5 }, () => 4 * uniform());
    let left = uniform();
    const label = softmax(logits).findIndex((share) => {
      left -= share;
      return left < 0;
    });
    labels.push(label < 0 ? 4 : label);
    rows.push(softmax(logits.map((logit) => sharper * logit)));
  }
  return scoresOf(rows, labels);
}

test("a model twice too sure of itself has temperature 2, and is calibrated with it", () => {
  const figures = temperatureFigures(drawn(8000, 2))!;
  expect(figures.temperature).toBeCloseTo(2, 0);
  expect(Math.abs(figures.temperature - 2)).toBeLessThan(0.15);
  expect(figures.atLimit).toBe(false);
  expect(figures.fittedOn + figures.judgedOn).toBe(8000);
  expect(Math.abs(figures.fittedOn - 4000)).toBeLessThan(200);
  expect(figures.before.expectedCalibrationError).toBeGreaterThan(0.1);
  expect(figures.after.expectedCalibrationError).toBeLessThan(0.04);
  expect(figures.after.negativeLogLikelihood).toBeLessThan(figures.before.negativeLogLikelihood);
});

const scale = (scores: Scores, temperature: number): Scores => ({
  ...scores,
  logits: scores.logits.map((logit) => logit / temperature),
});

test("no other temperature has a larger likelihood", () => {
  const scores = drawn(400, 0.7);
  const { temperature } = fitTemperature(scores);
  const likelihood = (t: number): number => calibrate(scale(scores, t)).negativeLogLikelihood;
  for (const factor of [0.8, 0.99, 0.999, 1.001, 1.01, 1.25])
    expect(likelihood(factor * temperature)).toBeGreaterThan(likelihood(temperature));
  expect(calibrate(scale(scores, 1)).negativeLogLikelihood).toBeCloseTo(likelihood(1), 12);
});

test("where all are right the temperature goes to its end and says so; without a second half there is none", () => {
  const right = scoresOf(
    [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
    [0, 1],
  );
  expect(fitTemperature(right)).toEqual({ temperature: 0.01, atLimit: true });
  expect(fitTemperature(certain([1, 0], [0, 1], 2))).toEqual({ temperature: 100, atLimit: true });
  expect(fitTemperature(scoresOf([[0.5, 0.5]], [0]))).toEqual({ temperature: 1, atLimit: false });
  expect(temperatureFigures(scoresOf([[0.9, 0.1]], [0]))).toBeNull();
});

test("the worst mistakes are those of least probability for the label; right pictures are none", () => {
  const scores = scoresOf(
    [
      [0.8, 0.15, 0.05],
      [0.8, 0.15, 0.05],
      [0.1, 0.2, 0.7],
      [0.51, 0.49, 0],
    ],
    [1, 2, 0, 1],
    ["a", "b", "c", "d"],
  );
  expect(worstMistakes(scores, 2)).toEqual([
    {
      name: "b",
      label: "class 2",
      predicted: "class 0",
      labelProbability: expect.closeTo(0.05, 6),
      predictedProbability: expect.closeTo(0.8, 6),
      rank: 2,
      loss: expect.closeTo(-Math.log(0.05), 6),
    },
    expect.objectContaining({ name: "c", label: "class 0", predicted: "class 2", rank: 2 }),
  ]);
  expect(worstMistakes(scores, 50).map(({ name }) => name)).toEqual(["b", "c", "a", "d"]);
});

test("some of the pictures keep their names, labels and rows", () => {
  const scores = scoresOf(
    [
      [0.8, 0.2],
      [0.3, 0.7],
      [0.4, 0.6],
    ],
    [0, 1, 0],
  );
  const kept = subset(scores, (name) => name !== "1.jpg");
  expect(kept.names).toEqual(["0.jpg", "2.jpg"]);
  expect([...kept.labels]).toEqual([0, 0]);
  expect(rowOf(kept, 1)).toEqual(logitsOf([0.4, 0.6]));
});

test("without the background class the others share all probability, and labels move down", () => {
  const scores = scoresOf(
    [
      [0.5, 0.1, 0.4],
      [1, 0, 0],
    ],
    [2, 1],
  );
  const { classes, labels, logits } = withoutBackground(scores);
  expect(classes).toEqual(["class 1", "class 2"]);
  expect([...labels]).toEqual([1, 0]);
  const rows = [0, 2].flatMap((at) => [...softmax(logits.subarray(at, at + 2))]);
  for (const [i, value] of [0.2, 0.8, 0.5, 0.5].entries()) expect(rows[i]).toBeCloseTo(value, 6);
  expect(() => withoutBackground(scoresOf([[0.5, 0.5]], [0]))).toThrow("background");
});

test("within some classes the others cannot be predicted, and share no probability", () => {
  const scores = scoresOf(
    [
      [0.2, 0.7, 0.1],
      [0.1, 0.6, 0.3],
    ],
    [0, 2],
  );
  const within = withinClasses(scores, ["class 2", "class 0"]);
  expect(within.classes).toEqual(["class 2", "class 0"]);
  expect([...within.labels]).toEqual([1, 0]);
  expect(within.logits).toEqual(logitsOf([0.1, 0.2, 0.3, 0.1]));
  expect(() => withinClasses(scores, ["class 0", "class 1"])).toThrow("1.jpg is labelled with another class");
  expect(() => withinClasses(scores, ["class 0", "none"])).toThrow('"none" is none of the classes');
});
