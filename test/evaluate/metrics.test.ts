import fc from "fast-check";
import { expect, test } from "vitest";
import { predict, standingsOf, summarize } from "../../src/evaluate/metrics.ts";
import { softmax } from "../../src/statistics/softmax.ts";
import { logitsOf, scoresOf } from "../statistics/scores.ts";

test("a prediction has the label's place, its loss and the most probable classes", () => {
  const logits = logitsOf([0.3, 0.3, 0.1, 0.2, 0.05, 0.05]);
  expect(predict("x", 2, logits)).toMatchObject({ name: "x", label: 2, larger: 3, tied: 1 });
  expect(predict("x", 5, logits)).toMatchObject({ larger: 4, tied: 2 });
  expect(predict("x", 2, logits).loss).toBeCloseTo(-Math.log(0.1), 6);
  expect(predict("x", 0, logits).top.map((entry) => entry.class)).toEqual([0, 1, 3, 2, 4]);
  expect(predict("x", 0, logits).top[0]!.probability).toBeCloseTo(0.3, 6);
});

test("predictions and what is found for all pictures at once agree", () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.25, 0.5, 0.25],
    [0, 1, 0],
  ];
  const labels = [0, 2, 0];
  const each = rows.map((row, i) => predict(`${i}`, labels[i]!, logitsOf(row)));
  for (const [i, standing] of standingsOf(scoresOf(rows, labels)).entries()) {
    const { label, larger, tied, loss } = each[i]!;
    expect(standing).toEqual({ label, larger, tied, loss: expect.closeTo(loss, 10) });
  }
});

test("a loss is finite even where the probability is not a number any more", () => {
  expect(predict("x", 1, Float32Array.of(3e38, -3e38)).loss).toBeCloseTo(6e38, -33);
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
  ].map(logitsOf);
  const summary = summarize([predict("a", 0, rows[0]!), predict("b", 0, rows[1]!), predict("c", 1, rows[2]!)], 3);
  expect(summary).toMatchObject({ n: 3, top1: { value: 2 / 3 }, top5: { value: 1 } });
  expect(summary.perClass).toEqual([
    { n: 2, correct: 1 },
    { n: 1, correct: 1 },
    { n: 0, correct: 0 },
  ]);
});
