// ROC and precision-recall of each class against the rest: published figures, scikit-learn, and what must hold.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  areaUnderRoc,
  averagePrecision,
  curveOf,
  separationOf,
  thresholdsOf,
} from "../../src/statistics/one-vs-rest.ts";
import type { Scores } from "../../src/statistics/scores.ts";
import { scoresOf } from "./scores.ts";
import { sixty } from "./sixty.ts";

/** Two classes; `odds` are logits of the second. */
const twoClasses = (odds: readonly number[], labels: readonly number[]): Scores => ({
  ...scoresOf(
    odds.map(() => [0.5, 0.5]),
    labels,
  ),
  logits: Float32Array.from(odds.flatMap((value) => [0, value])),
});

test("the ratings of 109 tomograms in Hanley and McNeil, Radiology 143 (1982): 0.893", () => {
  const ratings = [
    [33, 3],
    [6, 2],
    [6, 2],
    [11, 11],
    [2, 33],
  ] as const;
  const cases = ratings.flatMap(([normal, abnormal], rating) =>
    Array.from({ length: normal + abnormal }, (_, i) => ({ rating, label: i < normal ? 0 : 1 })),
  );
  const scores = twoClasses(
    cases.map(({ rating }) => rating),
    cases.map(({ label }) => label),
  );
  const [normal, abnormal] = separationOf(scores).classes;
  expect(abnormal!.auc).toBeCloseTo(0.893, 3);
  expect(normal!.auc).toBeCloseTo(abnormal!.auc!, 12);
  // scikit-learn's average_precision_score
  expect(abnormal!.averagePrecision).toBeCloseTo(0.8576399336817078, 12);
});

test("the example in scikit-learn's documentation of average_precision_score and roc_auc_score", () => {
  const [, one] = separationOf(twoClasses([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).classes;
  expect(one).toEqual({ auc: 0.75, averagePrecision: expect.closeTo(5 / 6, 12) });
});

test("sixty pictures as scikit-learn's roc_auc_score and average_precision_score have them, class by class and averaged", () => {
  const { classes, macro, weighted } = separationOf(sixty);
  const auc = [0.8255208333333334, 0.7230861244019139, 0.5679012345679012, 0.44642857142857145, 0.7826704545454546];
  const precision = [
    0.5342477570738441, 0.5895686696060926, 0.15198680461838354, 0.07245517010222893, 0.5201159441049148,
  ];
  for (const [k, one] of classes.entries()) {
    expect(one.auc).toBeCloseTo(auc[k]!, 12);
    expect(one.averagePrecision).toBeCloseTo(precision[k]!, 12);
  }
  expect(macro.auc).toBeCloseTo(0.6691214436554349, 12);
  expect(macro.averagePrecision).toBeCloseTo(0.3736748691010928, 12);
  expect(weighted.auc).toBeCloseTo(0.7254998950448512, 12);
  expect(weighted.averagePrecision).toBeCloseTo(0.4817513405003003, 12);
});

test("a constant predictor has half of the area, and as precision the share of the class", () => {
  const scores = scoresOf(
    [0, 1, 2, 3].map(() => [0.2, 0.7, 0.1]),
    [0, 1, 1, 1],
  );
  expect(separationOf(scores).classes).toEqual([
    { auc: 0.5, averagePrecision: 0.25 },
    { auc: 0.5, averagePrecision: 0.75 },
    { auc: null, averagePrecision: null },
  ]);
  const all = separationOf(scoresOf([[0.9, 0.1]], [0]));
  expect(all.classes).toEqual([
    { auc: null, averagePrecision: 1 },
    { auc: null, averagePrecision: null },
  ]);
  expect(all.macro).toEqual({ auc: null, averagePrecision: 1 });
});

const cases = fc.array(fc.record({ odds: fc.integer({ min: -6, max: 6 }), label: fc.nat(1) }), {
  minLength: 2,
  maxLength: 60,
});
const split = (all: readonly { odds: number; label: number }[]) =>
  [all.map(({ odds }) => odds), all.map(({ label }) => label)] as const;

test("the area is the share of pairs in the right order, whatever monotone map the odds go through", () => {
  fc.assert(
    fc.property(cases, (all) => {
      const [odds, labels] = split(all);
      let [right, pairs] = [0, 0];
      for (const [i, a] of odds.entries())
        for (const [j, b] of odds.entries())
          if (labels[i] === 1 && labels[j] === 0) {
            pairs++;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          }
      const { auc, averagePrecision } = separationOf(twoClasses(odds, labels)).classes[1]!;
      if (pairs === 0) {
        expect(auc).toBeNull();
        return;
      }
      expect(auc).toBeCloseTo(right / pairs, 12);
      const cubed = twoClasses(
        odds.map((value) => value ** 3 / 20 - 1),
        labels,
      );
      const mapped = separationOf(cubed).classes[1]!;
      expect(mapped.auc).toBeCloseTo(auc!, 12);
      expect(mapped.averagePrecision).toBeCloseTo(averagePrecision!, 12);
    }),
  );
});

test("probabilities too small for a number keep their order", () => {
  const [, one] = separationOf(twoClasses([-1000, -2000, -1500], [1, 0, 0])).classes;
  expect(one!.auc).toBe(1);
});

test("the trapezoids under the corners of a curve are the area, and its points are scikit-learn's", () => {
  fc.assert(
    fc.property(cases, (all) => {
      const thresholds = thresholdsOf(twoClasses(...split(all)))[1]!;
      const area = areaUnderRoc(thresholds);
      if (area === null) return;
      const { positives, negatives } = thresholds;
      const points = [{ own: 0, others: 0 }, ...curveOf(thresholds, 1000), { own: positives, others: negatives }];
      const trapezoids = points.slice(1).map(({ own, others }, at) => {
        const before = points[at]!;
        return ((others - before.others) * (own + before.own)) / 2;
      });
      expect(trapezoids.reduce((sum, one) => sum + one, 0) / positives / negatives).toBeCloseTo(area, 12);
    }),
  );
});

/** Own and others down to the three highest thresholds of own pictures, by roc_curve(y == 1, p[:, 1], drop_intermediate=False); the second ties. */
const firstCorners = [
  [0, 0],
  [2, 0],
  [2, 1],
  [3, 2],
  [3, 2],
  [4, 2],
];
const firstProbabilities = [0.8864630084603462, 0.7783693155606697, 0.758229557081205];

test("the highest corners of class 1 are those of scikit-learn's roc_curve, and fewer are a part of them", () => {
  const thresholds = thresholdsOf(sixty)[1]!;
  const corners = curveOf(thresholds, 1000);
  expect(corners.slice(0, 6).map(({ own, others }) => [own, others])).toEqual(firstCorners);
  expect(
    corners
      .filter((_, at) => at % 2 === 1)
      .slice(0, 3)
      .map(({ probability }) => probability),
  ).toEqual(firstProbabilities.map((value) => expect.closeTo(value, 12)));
  const fewer = curveOf(thresholds, 4);
  expect(fewer).toHaveLength(8);
  for (const corner of fewer) expect(corners).toContainEqual(corner);
  expect(fewer.at(-1)!.own).toBe(22);
  expect(averagePrecision(thresholds)).toBeGreaterThan(0.5);
});
