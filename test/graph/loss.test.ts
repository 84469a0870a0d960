import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { classificationLoss } from "../../src/graph/loss.ts";
import * as op from "../../src/graph/operations.ts";
import { type NdArray, random, run } from "./run.ts";

const K = 1000;
const uniformLogits = (batch: number): NdArray => ({ shape: [batch, K], data: new Float32Array(batch * K) });

/** The loss of one head, or of a main and an auxiliary one. */
function lossOf(logits: NdArray, labels: readonly number[], labelSmoothing: number, auxiliary?: NdArray) {
  const second = auxiliary ?? logits;
  return run({ logits, second }, (graph, values) => {
    const heads = auxiliary ? [values.second] : [];
    const outputs = { logits: values.logits, auxiliary: heads, statistics: new Map() };
    const loss = classificationLoss(graph, outputs, op.integers(graph, labels), {
      labelSmoothing,
      auxiliaryWeight: 0.4,
    });
    const [gradient, more] = gradients(graph, loss.total, [values.logits, ...heads]);
    return { ...loss, gradient: gradient!, auxiliaryGradient: more ?? gradient! };
  });
}

/** The same by the definition, in double precision. */
function byHand({ data, shape }: NdArray, labels: readonly number[], smoothing: number): number {
  const classes = shape[1]!;
  const losses = labels.flatMap((label, row) => {
    if (label < 0) return [];
    const logits = [...data.subarray(row * classes, (row + 1) * classes)];
    const normalizer = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const target = (k: number) => (k === label ? 1 - smoothing : 0) + smoothing / classes;
    return [logits.reduce((sum, logit, k) => sum - target(k) * (logit - normalizer), 0)];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(losses.length, 1);
}

describe("label smoothing, 1000 classes", () => {
  test.each([0, 0.1, 0.5])("uniform logits cost ln 1000 whatever the smoothing (%f)", (smoothing) => {
    const { main, total } = lossOf(uniformLogits(2), [0, 999], smoothing);
    expect(main.data[0]).toBeCloseTo(Math.log(K), 5);
    expect(total.data[0]).toBe(main.data[0]);
  });

  test("the gradient is p - q', with q' 0.9001 at the label and 0.0001 elsewhere", () => {
    const { gradient } = lossOf(uniformLogits(1), [7], 0.1);
    expect([...gradient.data].every((value, k) => Math.abs(value - (0.001 - (k === 7 ? 0.9001 : 0.0001))) < 1e-7)).toBe(
      true,
    );
  });

  test("the definition, on random logits", () => {
    const logits = random([3, 11], 1);
    const { main } = lossOf(logits, [2, 10, 0], 0.1);
    expect(main.data[0]).toBeCloseTo(byHand(logits, [2, 10, 0], 0.1), 5);
  });
});

describe("the auxiliary head", () => {
  const [logits, auxiliary] = [random([2, 5], 1), random([2, 5], 2)];
  test("adds its loss, and its gradient, times the weight", () => {
    const both = lossOf(logits, [1, 3], 0.1, auxiliary);
    const alone = lossOf(auxiliary, [1, 3], 0.1);
    expect(both.auxiliary.data[0]).toBeCloseTo(byHand(auxiliary, [1, 3], 0.1), 5);
    expect(both.total.data[0]).toBeCloseTo(byHand(logits, [1, 3], 0.1) + 0.4 * byHand(auxiliary, [1, 3], 0.1), 5);
    for (const [i, value] of both.auxiliaryGradient.data.entries())
      expect(value).toBeCloseTo(0.4 * alone.gradient.data[i]!, 6);
  });

  test("is 0 where there is none", () => {
    expect(lossOf(logits, [1, 3], 0.1).auxiliary.data[0]).toBe(0);
  });
});

describe("pictures left out (label -1)", () => {
  const logits = random([4, 6], 3);
  test("the mean, the gradient and the hits are those of the others", () => {
    const { main, gradient, correct } = lossOf(logits, [2, -1, 5, -1], 0.1);
    expect(main.data[0]).toBeCloseTo(byHand(logits, [2, -1, 5, -1], 0.1), 5);
    const picked = { shape: [2, 6], data: Float32Array.of(...logits.data.slice(0, 6), ...logits.data.slice(12, 18)) };
    const others = lossOf(picked, [2, 5], 0.1);
    expect([...gradient.data.slice(0, 6), ...gradient.data.slice(12, 18)]).toEqual([...others.gradient.data]);
    expect([...gradient.data.slice(6, 12), ...gradient.data.slice(18)].every((value) => value === 0)).toBe(true);
    expect(correct.data[0]).toBe(others.correct.data[0]);
  });

  test("hits are counted by the largest logit", () => {
    const best = Array.from({ length: 4 }, (_, row) => {
      const scores = [...logits.data.subarray(row * 6, row * 6 + 6)];
      return scores.indexOf(Math.max(...scores));
    });
    expect(lossOf(logits, best, 0.1).correct.data[0]).toBe(4);
    expect(lossOf(logits, [best[0]!, (best[1]! + 1) % 6, -1, best[3]!], 0.1).correct.data[0]).toBe(2);
  });
});
