// What guessing gives: worked by hand.
import { expect, test } from "vitest";
import { guessingWords } from "../../src/cli/guessing-words.ts";
import { guessing, showsTop5 } from "../../src/statistics/guessing.ts";

const classes = ["ant", "bee", "cat", "dog"];

test("chance is one over the classes, the majority the share of the commonest, the first of equal ones", () => {
  const found = guessing({ classes, labels: Int32Array.of(2, 2, 2, 0, 1, 1, 1, 3) });
  expect(found).toEqual({ chance: 0.25, majority: { name: "bee", share: 3 / 8 } });
  expect(guessingWords(found)).toBe('25.00% by chance, 37.50% by always naming "bee"');
});

test("a class without pictures counts for chance", () => {
  expect(guessing({ classes, labels: Int32Array.of(3) })).toEqual({
    chance: 0.25,
    majority: { name: "dog", share: 1 },
  });
});

test("top-5 is shown from ten classes on", () => {
  expect([2, 9, 10, 1000].map(showsTop5)).toEqual([false, false, true, true]);
});
