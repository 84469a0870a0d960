// Matthews's coefficient, kappa and means over classes against scikit-learn, and what must hold of them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ClassCounts, f1At, kappa, macroF1, matthews, noCounts } from "../../src/statistics/class-counts.ts";
import { classFigures, confusionOf, countsOf, macroFigures, weightedFigures } from "../../src/statistics/confusion.ts";
import { certain } from "./scores.ts";
import { sixty } from "./sixty.ts";

const countsFrom = (labels: readonly number[], predicted: readonly number[], classes: number): ClassCounts =>
  countsOf(confusionOf(certain(labels, predicted, classes)));

test("the examples in scikit-learn's documentation of matthews_corrcoef and cohen_kappa_score", () => {
  expect(matthews(countsFrom([1, 1, 1, 0], [1, 0, 1, 1], 2))).toBeCloseTo(-1 / 3, 12);
  expect(kappa(countsFrom([0, 1, 0, 2, 1], [0, 1, 0, 2, 0], 3))).toBeCloseTo(0.6875, 12);
});

test("sixty pictures as scikit-learn has them", () => {
  const confusion = confusionOf(sixty);
  expect(matthews(countsOf(confusion))).toBeCloseTo(0.29599152725685046, 12);
  expect(kappa(countsOf(confusion))).toBeCloseTo(0.29151291512915123, 12);
  // precision_recall_fscore_support(average=..., zero_division=0); macro recall is balanced_accuracy_score, weighted recall accuracy_score.
  const macro = macroFigures(classFigures(confusion));
  expect(macro.precision).toBeCloseTo(0.3533333333333334, 12);
  expect(macro.recall).toBeCloseTo(0.3734848484848485, 12);
  expect(macro.f1).toBeCloseTo(0.35602745602745606, 12);
  expect(macroF1(countsOf(confusion))).toBeCloseTo(macro.f1!, 12);
  const weighted = weightedFigures(classFigures(confusion));
  expect(weighted.precision).toBeCloseTo(0.47, 12);
  expect(weighted.recall).toBeCloseTo(28 / 60, 12);
  expect(weighted.f1).toBeCloseTo(0.45747890747890746, 12);
});

test("a constant predictor and a constant label have no correlation; one class throughout has no kappa", () => {
  expect(matthews(countsFrom([0, 1, 2, 2], [1, 1, 1, 1], 3))).toBe(0);
  expect(matthews(countsFrom([1, 1, 1, 1], [0, 1, 2, 2], 3))).toBe(0);
  expect(kappa(countsFrom([0, 1, 2, 2], [1, 1, 1, 1], 3))).toBeCloseTo(0, 12);
  expect(kappa(countsFrom([1, 1], [1, 1], 2))).toBeNaN();
  expect(macroF1(noCounts(3))).toBeNaN();
  expect(f1At(noCounts(3), 0)).toBeNaN();
});

const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 2, maxLength: 40 });

test("labels and predictions may change places, classes their names, and only agreement everywhere gives 1", () => {
  fc.assert(
    fc.property(pairs, fc.constantFrom([1, 0, 2, 3], [3, 2, 0, 1]), (cases, name) => {
      const labels = cases.map(([label]) => label);
      const predicted = cases.map(([, one]) => one);
      const found = countsFrom(labels, predicted, 4);
      const exchanged = countsFrom(predicted, labels, 4);
      const renamed = countsFrom(
        labels.map((one) => name[one]!),
        predicted.map((one) => name[one]!),
        4,
      );
      for (const figure of [matthews, kappa])
        for (const other of [exchanged, renamed]) {
          const isNone = Number.isNaN(figure(found));
          expect(figure(other)).toEqual(isNone ? Number.NaN : expect.closeTo(figure(found), 12));
        }
      const allRight = labels.every((one, i) => one === predicted[i]) && new Set(labels).size > 1;
      expect(matthews(found) > 1 - 1e-9).toBe(allRight);
      expect(Math.abs(matthews(found))).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});
