// The loss with weights of classes and with two labels is PyTorch's CrossEntropyLoss: cross_entropy.py made the figures.
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { classificationLoss } from "../../src/graph/loss.ts";
import * as op from "../../src/graph/operations.ts";
import { type NdArray, run } from "../graph/run.ts";
import golden from "./cross-entropy.json" with { type: "json" };

const { rows, classes, labels, second, shares } = golden;
const logits: NdArray = {
  shape: [rows, classes],
  data: Float32Array.from({ length: rows * classes }, (_, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    return (((row * 7 + column * 5) % 11) - 5) / 4;
  }),
};

type Case = { readonly weights: readonly number[] | null; readonly smoothing: number; readonly mixed: boolean };

/** `after`: pictures that are left out, behind the others. */
function lossOf({ weights, smoothing, mixed }: Case, after = 0) {
  const more = <T>(values: readonly T[], value: T): T[] => [...values, ...Array<T>(after).fill(value)];
  const data = Float32Array.from([...logits.data, ...Array<number>(after * classes).fill(0.5)]);
  const given = { logits: { shape: [rows + after, classes], data } };
  return run(given, (graph, values) => {
    const outputs = { logits: values.logits, auxiliary: [values.logits], statistics: new Map() };
    const loss = classificationLoss(
      graph,
      outputs,
      op.integers(graph, more(labels, -1)),
      { labelSmoothing: smoothing, auxiliaryWeight: 0, weightOfClass: weights ?? undefined },
      mixed
        ? {
            labels: op.integers(graph, more(second, -1)),
            shares: op.floats(graph, more(shares, 1), [rows + after]),
          }
        : undefined,
    );
    const [gradient] = gradients(graph, loss.total, [values.logits]);
    return { ...loss, gradient: gradient! };
  });
}

describe.each(golden.cases)("weights $weights, smoothing $smoothing, two labels: $mixed", (known) => {
  test.each([0, 3])("the loss of both heads and its gradient are PyTorch's, beside %i pictures left out", (after) => {
    const { main, auxiliary, gradient } = lossOf(known, after);
    expect(main.data[0]).toBeCloseTo(known.loss, 6);
    expect(auxiliary.data[0]).toBe(main.data[0]);
    for (const [i, value] of gradient.data.entries()) expect(value).toBeCloseTo(known.gradient[i] ?? 0, 6);
  });
});

test("weights that are all the same change nothing, whatever they are", () => {
  const bare = lossOf({ weights: null, smoothing: 0.1, mixed: true });
  const heavy = lossOf({ weights: [7, 7, 7, 7, 7], smoothing: 0.1, mixed: true });
  expect(heavy.main.data[0]).toBeCloseTo(bare.main.data[0]!, 5);
  for (const [i, value] of heavy.gradient.data.entries()) expect(value).toBeCloseTo(bare.gradient.data[i]!, 6);
});

test("a picture with two labels counts as each of them with its share", () => {
  const weights = [0.25, 3, 1, 0.5, 2];
  const of = (label: number, row: number): number => {
    const own = [...logits.data.subarray(row * classes, (row + 1) * classes)];
    return Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0)) - own[label]!;
  };
  let [sum, count] = [0, 0];
  for (const [row, share] of shares.entries())
    for (const [label, part] of [
      [labels[row]!, share],
      [second[row]!, 1 - share],
    ] as const) {
      sum += part * weights[label]! * of(label, row);
      count += part * weights[label]!;
    }
  expect(lossOf({ weights, smoothing: 0, mixed: true }).main.data[0]).toBeCloseTo(sum / count, 5);
});
