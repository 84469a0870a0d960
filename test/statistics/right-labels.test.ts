// Accuracy with several right labels: worked by hand, and the ordinary accuracy where each picture has one.
import fc from "fast-check";
import { expect, test } from "vitest";
import { topError } from "../../src/statistics/ranking.ts";
import { rightLabelFigures, rightShare } from "../../src/statistics/right-labels.ts";
import { certain, scoresOf } from "./scores.ts";

test("a prediction among the right labels is right; pictures without one, and not on the list, are left out", () => {
  // Predicted: 1, 1, 2, 0, 2 of labels 0, 1, 2, 0, 1.
  const scores = certain([0, 1, 2, 0, 1], [1, 1, 2, 0, 2], 3);
  const figures = rightLabelFigures(scores, [[0, 1], [0], [], undefined, [1, 2]]);
  expect(figures).toMatchObject({ n: 3, withoutLabels: 1, notListed: 1, labels: 5 });
  expect(figures.top1.value).toBeCloseTo(2 / 3, 12);
  expect(figures.ownLabelTop1.value).toBeCloseTo(1 / 3, 12);
});

test.each([
  [[0.4, 0.4, 0.2], [1], 1 / 2],
  [[0.4, 0.4, 0.2], [0, 1], 1],
  [[0.4, 0.4, 0.2], [2], 0],
  [[0.25, 0.25, 0.25, 0.25], [0, 2, 3], 3 / 4],
])("of logits like %j with the right labels %j the share right is %d", (row, right, share) => {
  expect(rightShare(row, right)).toBe(share);
});

test("with each picture's own label alone it is top-1, ties among it", () => {
  const row = fc.array(fc.constantFrom(0.1, 0.2, 0.4), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.nat(3)), { minLength: 1, maxLength: 9 }), (pictures) => {
      const labels = pictures.map(([, label]) => label);
      const scores = scoresOf(
        pictures.map(([values]) => values),
        labels,
      );
      const { top1, ownLabelTop1 } = rightLabelFigures(
        scores,
        labels.map((label) => [label]),
      );
      expect(top1.value).toBeCloseTo(1 - topError(scores, 1).value, 12);
      expect(ownLabelTop1).toEqual(top1);
    }),
  );
});
