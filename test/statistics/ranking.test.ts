// Ranks by logits, whatever their size, and ties that count by chance.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  correctWithin,
  creditWithin,
  largest,
  meanRank,
  placeAt,
  placeOf,
  predictedOf,
  tiesOf,
  topError,
} from "../../src/statistics/ranking.ts";
import type { Scores } from "../../src/statistics/scores.ts";
import { softmax } from "../../src/statistics/softmax.ts";

const scoresOf = (rows: readonly (readonly number[])[], labels: readonly number[]): Scores => ({
  classes: rows[0]!.map((_, i) => `${i}`),
  names: rows.map((_, i) => `${i}`),
  labels: Int32Array.from(labels),
  logits: Float32Array.from(rows.flat()),
});

test("tied classes share their places", () => {
  const row = [3, 3, 1, 2, 0, 0];
  expect(row.map((_, label) => placeOf(row, label))).toEqual([
    { larger: 0, tied: 2 },
    { larger: 0, tied: 2 },
    { larger: 3, tied: 1 },
    { larger: 2, tied: 1 },
    { larger: 4, tied: 2 },
    { larger: 4, tied: 2 },
  ]);
  expect(row.map((_, label) => meanRank(placeOf(row, label)))).toEqual([0.5, 0.5, 3, 2, 4.5, 4.5]);
  expect(row.map((_, label) => creditWithin(placeOf(row, label), 1))).toEqual([0.5, 0.5, 0, 0, 0, 0]);
  expect(row.map((_, label) => creditWithin(placeOf(row, label), 5))).toEqual([1, 1, 1, 1, 0.5, 0.5]);
  expect(() => placeOf(row, 6)).toThrow(RangeError);
});

test("a place is known from its mean rank", () => {
  const place = fc.record({ larger: fc.nat(999), tied: fc.integer({ min: 1, max: 1000 }) });
  fc.assert(
    fc.property(place, (one) => {
      expect(placeAt(meanRank(one), one.tied)).toEqual({ ...one });
    }),
  );
});

test("the credit is the mean over all orders of the tied classes", () => {
  fc.assert(
    fc.property(fc.nat(6), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 }), (larger, tied, k) => {
      const orders = Array.from({ length: tied }, (_, at) => (larger + at < k ? 1 : 0) as number);
      expect(creditWithin({ larger, tied }, k)).toBeCloseTo(orders.reduce((a, b) => a + b) / tied, 12);
    }),
  );
});

test.each([
  [4, 1],
  [10, 1],
  [1000, 5],
])("a constant predictor of %i classes is right within %i as often as chance", (classes, k) => {
  const labels = [0, 1, 2, 3, 3];
  const constant = scoresOf(
    labels.map(() => Array(classes).fill(0.25)),
    labels,
  );
  expect(topError(constant, k).value).toBeCloseTo(1 - k / classes, 12);
  expect(tiesOf(constant)).toBe(5);
  expect([...predictedOf(constant)]).toEqual([0, 0, 0, 0, 0]);
});

test("logits whose probabilities underflow keep their order", () => {
  const far = scoresOf([[0, -800, -900, -1e30, 3e38]], [1]);
  expect(softmax(far.logits)[1]).toBe(0);
  expect(placeOf(far.logits, 1)).toEqual({ larger: 2, tied: 1 });
  expect([...correctWithin(far, 2)]).toEqual([0]);
  expect([...correctWithin(far, 3)]).toEqual([1]);
  expect(tiesOf(far)).toBe(0);
});

test("ranks are those of a sort of the logits", () => {
  const row = fc.float32Array({ minLength: 2, maxLength: 12, noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(row, fc.nat(11), (logits, at) => {
      const label = at % logits.length;
      const sorted = [...logits].sort((a, b) => b - a);
      const first = sorted.indexOf(logits[label]!);
      const last = sorted.lastIndexOf(logits[label]!);
      expect(meanRank(placeOf(logits, label))).toBe((first + last) / 2);
    }),
  );
});

test("the largest come first, equal ones in their order", () => {
  expect(largest([1, 4, 2, 4, 3], 3)).toEqual([1, 3, 4]);
  expect(largest([1, 2], 5)).toEqual([1, 0]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 6 }), (values, k) => {
      const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
      expect(largest(values, k)).toEqual(sorted.slice(0, k));
    }),
  );
});
