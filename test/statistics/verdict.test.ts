// When a difference counts, and what is corrected with what.
import { expect, test } from "vitest";
import { adjustWithin, fewestPictures, judge, survivorsOnly } from "../../src/statistics/verdict.ts";

const evidence = {
  mean: -0.1,
  pictures: 240,
  adjustedP: 0.01,
  interval: { low: -0.2, high: -0.05 },
  wideInterval: { low: -0.25, high: -0.01 },
};

test("better or worse takes a small p, every interval without zero, and four pictures", () => {
  expect(judge(evidence)).toBe("better");
  expect(judge({ ...evidence, mean: 0.1, interval: { low: 0.05, high: 0.2 }, wideInterval: null })).toBe("worse");
  expect(judge({ ...evidence, adjustedP: 0.051 })).toBe("not distinguishable");
  expect(judge({ ...evidence, interval: { low: -0.2, high: 0 } })).toBe("not distinguishable");
  expect(judge({ ...evidence, wideInterval: { low: -0.2, high: 0.001 } })).toBe("not distinguishable");
  expect(judge({ ...evidence, interval: null, wideInterval: null })).toBe("better");
});

test("two or three pictures of 240 are never better; four may be", () => {
  expect(fewestPictures).toBeCloseTo(3.8415, 4); // 95% of chi squared with one degree of freedom
  expect([2, 3, 3.8, 4].map((count) => judge({ ...evidence, mean: -count / 240 }))).toEqual([
    "not distinguishable",
    "not distinguishable",
    "not distinguishable",
    "better",
  ]);
});

test("survivors cannot win from either side; they can lose", () => {
  expect(survivorsOnly("better", [2], [])).toBe("survivors only");
  expect(survivorsOnly("worse", [], [2])).toBe("survivors only");
  expect(survivorsOnly("worse", [2], [])).toBe("worse");
  expect(survivorsOnly("better", [], [2])).toBe("better");
  expect(survivorsOnly("not distinguishable", [1], [1])).toBe("not distinguishable");
});

test("p values are corrected with their own family only", () => {
  const found = [
    { p: 0.01, of: "seeds" },
    { p: 0.02, of: "pictures" },
    { p: 0.04, of: "seeds" },
  ];
  expect(adjustWithin(found, ({ of }) => of)).toEqual([
    { adjustedP: 0.02, family: 2 },
    { adjustedP: 0.02, family: 1 },
    { adjustedP: 0.04, family: 2 },
  ]);
});
