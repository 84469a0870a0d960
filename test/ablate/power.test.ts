// What a plan can show: where its assumptions come from, and what is measured of finished cells.
import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { measuredSpread, planPower, spreadOf } from "../../src/ablate/power.ts";
import { describePower } from "../../src/cli/ablation-power.ts";
import { smallestDifference } from "../../src/statistics/power.ts";
import { newFolder, pathsOf, planOf, putResult, ranksOf } from "./support.ts";

const plan = planOf(`rows:
  - { name: plain }
  - { name: smoothing, set: { train.labelSmoothing: 0.1 } }
  - { name: wide, set: { network.width: 0.5 } }
seeds: 0..3
`);

test("what is given goes before what is measured, and that before what is assumed", () => {
  const measured = { sd: 0.02, disagreement: 0.2 };
  const given = planPower(plan, { pictures: 900, given: { sd: 0.005 }, measured });
  expect(given).toMatchObject({ sdFrom: "given", disagreementFrom: "measured", disagreement: 0.2, comparisons: 2 });
  expect(given.prospects.map(({ seeds }) => seeds)).toEqual([3, 4, 5, 10]);
  expect(given.prospects[1]).toEqual({
    seeds: 4,
    sd: 0.005,
    leastP: 0.125,
    smallestDifference: smallestDifference({ seeds: 4, pictures: 900, comparisons: 2, sd: 0.005, disagreement: 0.2 }),
  });
  const assumed = planPower(plan, { pictures: 900, given: {}, measured: undefined });
  expect(assumed).toMatchObject({ sdFrom: "assumed", disagreementFrom: "assumed" });
  expect(new Set(assumed.prospects.map(({ sd }) => sd)).size).toBe(3);
});

test("is printed as a table that marks the plan's own seeds", () => {
  const text = describePower(
    planPower({ ...plan, seeds: [0, 1] }, { pictures: 900, given: { sd: 0.04 }, measured: undefined }),
    2,
  );
  expect(text.replaceAll("\n", " ")).toContain("on 900 pictures, after Holm's correction over 2 comparisons");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  // Two seeds and a corrected level of 0.025 need 25.5 standard errors and more: no difference of errors is as large.
  expect(text).toMatch(/^2 \(this plan\) +none +0\.50$/m);
  expect(text).toMatch(/^10 +6\.4\d +0\.0020$/m);
  expect(text).toContain("(given)");
});

test("finished cells show the spread over seeds, pooled, and how often two trainings of a row disagree", () => {
  const folder = newFolder();
  expect(measuredSpread(folder, plan)).toBeUndefined();
  putResult(pathsOf(folder, plan, "plain", 0), ranksOf(5));
  expect(measuredSpread(folder, plan)).toBeUndefined();
  putResult(pathsOf(folder, plan, "plain", 1), ranksOf(7));
  putResult(pathsOf(folder, plan, "wide", 0), ranksOf(2));
  putResult(pathsOf(folder, plan, "wide", 1), ranksOf(2));
  putResult(pathsOf(folder, plan, "wide", 2), ranksOf(5));
  // Variances 0.02 with one degree of freedom and 0.03 with two; disagreements 0.2, and 0, 0.3, 0.3.
  const { sd, disagreement } = measuredSpread(folder, plan)!;
  expect(sd).toBeCloseTo(Math.sqrt((0.02 + 2 * 0.03) / 3), 9);
  expect(disagreement).toBeCloseTo(0.8 / 4, 9);
  expect(spreadOf([])).toBeUndefined();
  rmSync(folder, { recursive: true });
});
