import fc from "fast-check";
import { expect, test } from "vitest";
import { predict, softmax, summarize } from "../../src/evaluate/metrics.ts";

test("a rank counts the classes with a strictly larger probability, so ties do not hurt", () => {
  const probabilities = Float64Array.of(0.3, 0.3, 0.1, 0.2, 0.05, 0.05);
  expect([0, 1, 2, 3, 4, 5].map((label) => predict("x", label, probabilities).rank)).toEqual([0, 0, 3, 2, 4, 4]);
  expect(predict("x", 2, probabilities).loss).toBeCloseTo(-Math.log(0.1), 12);
  expect(predict("x", 0, probabilities).top.map((entry) => entry.class)).toEqual([0, 1, 3, 2, 4]);
});

test("softmax sums to one, whatever the size of the logits", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, min: -1e4, max: 1e4 }), { minLength: 2 }), (logits) => {
      expect(softmax(logits).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    }),
  );
});

test("a summary counts every picture once", () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.1, 0.2, 0.7],
    [0.4, 0.5, 0.1],
  ].map((row) => Float64Array.from(row));
  const summary = summarize([predict("a", 0, rows[0]!), predict("b", 0, rows[1]!), predict("c", 1, rows[2]!)], 3);
  expect(summary).toMatchObject({ n: 3, top1: { value: 2 / 3 }, top5: { value: 1 } });
  expect(summary.perClass).toEqual([
    { n: 2, correct: 1 },
    { n: 1, correct: 1 },
    { n: 0, correct: 0 },
  ]);
});
