// Two results against each other: overall, for each class, and when a difference counts.
import { expect, test } from "vitest";
import { compareScores, distinguish } from "../../src/statistics/comparison.ts";
import { certain } from "./scores.ts";

test("a difference counts only where its interval leaves out zero and the test rejects", () => {
  expect(distinguish(0.1, { low: 0.02, high: 0.2 }, 0.01)).toBe("A is better");
  expect(distinguish(-0.1, { low: -0.2, high: -0.01 }, 0.05)).toBe("B is better");
  expect(distinguish(0.1, { low: 0, high: 0.2 }, 0.01)).toBe("not distinguishable");
  expect(distinguish(0.1, { low: 0.02, high: 0.2 }, 0.051)).toBe("not distinguishable");
});

test("for each class: counts, accuracies, exact p, and Holm over the classes that have pictures", () => {
  // Ten pictures of each of two classes, none of the third: A has all of the first right, B three; of the second both have five.
  const labels = [...Array(10).fill(0), ...Array(10).fill(1)] as number[];
  const a = certain(labels, [...Array(10).fill(0), 1, 1, 1, 1, 1, 0, 0, 0, 0, 0] as number[], 3);
  const b = certain(labels, [0, 0, 0, ...Array(7).fill(2), 1, 1, 1, 1, 0, 1, 2, 2, 2, 2] as number[], 3);
  const { top1, top5, classes } = compareScores(a, b);
  expect(top1.agreement).toEqual({ both: 7, onlyA: 8, onlyB: 1, neither: 4 });
  expect(top1.p).toBeCloseTo((2 * (1 + 9)) / 512, 14);
  expect(top1.verdict).toBe("A is better");
  expect(top5).toMatchObject({ accuracyA: 1, accuracyB: 1, p: 1, verdict: "not distinguishable" });
  expect(classes.map(({ name }) => name)).toEqual(["class 0", "class 1"]);
  expect(classes[0]).toMatchObject({
    n: 10,
    accuracyA: 1,
    accuracyB: 0.3,
    difference: 0.7,
    p: 2 / 128,
    adjustedP: 4 / 128,
  });
  expect(classes[1]).toMatchObject({ n: 10, accuracyA: 0.5, accuracyB: 0.5, difference: 0, p: 1, adjustedP: 1 });
});
