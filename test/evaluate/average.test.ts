// Averages over crops and models: of probabilities and of logits, which are not the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averageModels, runningAverage } from "../../src/evaluate/average.ts";
import { softmax } from "../../src/statistics/softmax.ts";

const meanOf = (average: "probabilities" | "logits", crops: readonly number[][]): Float32Array => {
  const sum = runningAverage(average);
  for (const crop of crops) sum.add(Float32Array.from(crop));
  return sum.mean();
};
const over = (average: "probabilities" | "logits", crops: readonly number[][]): number[] => [
  ...softmax(meanOf(average, crops)),
];

describe("two crops, one sure of the first class, one leaning to the second", () => {
  const crops = [
    [5, 0],
    [0, 3],
  ].map((logits) => [...logits, -40]);
  const share = (x: number) => Math.exp(x) / (1 + Math.exp(x));

  test("as probabilities", () => {
    const [first, second] = over("probabilities", crops);
    expect(first).toBeCloseTo((share(5) + share(-3)) / 2, 6);
    expect(second).toBeCloseTo((share(-5) + share(3)) / 2, 6);
  });

  test("as logits", () => {
    const [first, second] = over("logits", crops);
    expect(first).toBeCloseTo(share(1), 6);
    expect(second).toBeCloseTo(share(-1), 6);
  });
});

test("the two rules can name different classes", () => {
  const crops = [
    [10, 0, -10],
    [-2, 0, -10],
    [-2, 0, -10],
  ];
  const best = (row: number[]) => row.indexOf(Math.max(...row));
  expect(best(over("logits", crops))).toBe(0);
  expect(best(over("probabilities", crops))).toBe(1);
});

test("an average over models is the mean of their means, by either rule", () => {
  const logit = fc.double({ min: -15, max: 15, noNaN: true });
  const rows = fc.array(fc.array(logit, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (models) => {
      const logits = models.map((pictures) => ({ logits: Float32Array.from(pictures.flat()), models: 1 }));
      const rowsOf = (mean: Float32Array) => [0, 3].flatMap((at) => [...softmax(mean.subarray(at, at + 3))]);
      const byProbability = rowsOf(averageModels(logits, 3, "probabilities"));
      const byLogit = rowsOf(averageModels(logits, 3, "logits"));
      for (let picture = 0; picture < 2; picture++)
        for (let i = 0; i < 3; i++) {
          const own = models.map((pictures) => softmax(pictures[picture]!)[i]!);
          expect(byProbability[picture * 3 + i]).toBeCloseTo(own.reduce((a, b) => a + b) / models.length, 5);
          const meanLogits = [0, 1, 2].map(
            (at) => models.reduce((sum, pictures) => sum + pictures[picture]![at]!, 0) / models.length,
          );
          expect(byLogit[picture * 3 + i]).toBeCloseTo(softmax(meanLogits)[i]!, 5);
        }
    }),
  );
});

test("one crop, and one model, keep their logits as computed", () => {
  const row = Float32Array.of(3e38, -3e38, 1e-30, 2e-30);
  for (const average of ["probabilities", "logits"] as const) {
    expect(meanOf(average, [[...row]])).toEqual(row);
    expect(averageModels([{ logits: row, models: 1 }], 4, average)).toEqual(row);
  }
});

test("no probability becomes zero, however far the logits are apart", () => {
  const mean = meanOf("probabilities", [
    [0, -2000, -3000],
    [0, -2500, -2600],
  ]);
  expect([...mean]).toEqual([0, -2000 - Math.log(2), -2600 - Math.log(2)].map(Math.fround));
  expect([...meanOf("probabilities", Array(3).fill([3.4e38, -3.4e38]))].every(Number.isFinite)).toBe(true);
});

test("what is a mean of two models already counts twice", () => {
  const [a, b, c] = [Float32Array.of(2, 0, 1), Float32Array.of(-1, 3, 0), Float32Array.of(0, 0, 4)];
  for (const average of ["probabilities", "logits"] as const) {
    const single = (logits: Float32Array) => ({ logits, models: 1 });
    const pair = { logits: averageModels([single(a), single(b)], 3, average), models: 2 };
    const expected = softmax(averageModels([single(a), single(b), single(c)], 3, average));
    for (const parts of [
      [pair, single(c)],
      [single(c), pair],
    ])
      for (const [i, value] of softmax(averageModels(parts, 3, average)).entries())
        expect(value).toBeCloseTo(expected[i]!, 6);
  }
});

test("an average of nothing is our bug", () => {
  expect(() => runningAverage("logits").mean()).toThrow("an average of nothing");
});
