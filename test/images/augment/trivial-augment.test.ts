// TrivialAugment draws one operation and one strength, each as likely as any other; test/golden/ holds what they do.
import { expect, test } from "vitest";
import { drawOperation, type Operation, operations } from "../../../src/images/augment/trivial-augment.ts";
import { random } from "../../../src/images/random.ts";

test("fourteen operations, 31 strengths, both signs: each about as often", () => {
  const n = 28_000;
  const source = random(1, "augment", 0, 0);
  const drawn = Array.from({ length: n }, () => drawOperation(source));
  const names = Object.keys(operations);
  expect(names.length).toBe(14);
  for (const name of names) {
    const { magnitudes, signed }: Operation = operations[name as keyof typeof operations];
    const own = drawn.filter((one) => one.name === name).map(({ magnitude }) => magnitude);
    // 2,000 each: five standard deviations are 216.
    expect(Math.abs(own.length - n / 14), name).toBeLessThan(216);
    const strengths = new Set(own.map(Math.abs));
    expect([...strengths].sort((a, b) => a - b)).toEqual([...new Set(magnitudes ?? [0])].sort((a, b) => a - b));
    const negative = own.filter((magnitude) => magnitude < 0).length;
    if (!signed) expect(negative, name).toBe(0);
    else expect(Math.abs(negative - own.length * (15 / 31)), name).toBeLessThan(150);
  }
});
