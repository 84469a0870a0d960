// What classes count: scikit-learn's "balanced", or a table by name.
import { expect, test } from "vitest";
import { classWeights } from "../../src/train/class-weights.ts";

const listing = (...counts: number[]) => ({
  classes: ["cat", "dog", "owl"].slice(0, counts.length),
  items: counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({ name: `${label}-${i}`, label, source: { file: "" } })),
  ),
});

test("auto is n / (k n_c): all classes together count as much as all pictures, and each as much as any other", () => {
  // compute_class_weight("balanced") of scikit-learn for 6, 3 and 1 pictures.
  expect(classWeights("auto", listing(6, 3, 1))).toEqual([10 / 18, 10 / 9, 10 / 3]);
  expect(classWeights("auto", listing(4, 4))).toEqual([1, 1]);
});

test("a class without pictures counts nothing, and the others as if it were not there", () => {
  expect(classWeights("auto", listing(6, 0, 2))).toEqual([8 / 12, 0, 2]);
});

test("a table by name, 1 for the others; none is no weights", () => {
  expect(classWeights({ owl: 3, cat: 0.5 }, listing(1, 1, 1))).toEqual([0.5, 1, 3]);
  expect(classWeights("none", listing(1, 1, 1))).toBeUndefined();
});

test("a class may have the name of something that every object has", () => {
  const items = listing(1).items;
  expect(classWeights({ cat: 2 }, { classes: ["cat", "toString"], items })).toEqual([2, 1]);
});

test("a class that is not there is refused, with the nearest one", () => {
  expect(() => classWeights({ owll: 3 }, listing(1, 1, 1))).toThrow(
    expect.objectContaining({
      reason: "usage",
      message: "train.classWeights: there is no class called owll; did you mean owl?",
      hint: "the classes are cat, dog, owl",
    }),
  );
});
