// The report of an ablation: every row with its interval, both comparisons and the curves; what is no table is refused.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeReport } from "../../src/ablate/report.ts";
import { readResults } from "../../src/ablate/results.ts";
import { ablationReport, isAblation } from "../../src/run-report/ablation.ts";
import { newFolder, pathsOf, planOf, put, putResult, ranksOf } from "../ablate/support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("of a table with two rows over three seeds", () => {
  const plan = planOf(`rows:
  - { name: plain }
  - { name: "<b>smoothed", set: { train.labelSmoothing: 0.1 } }
seeds: 0..2
`);
  expect(isAblation(folder)).toBe(false);
  for (const [seed, wrong] of [5, 6, 4].entries()) putResult(pathsOf(folder, plan, "plain", seed), ranksOf(wrong));
  for (const [seed, wrong] of [2, 3, 2].entries())
    putResult(pathsOf(folder, plan, "<b>smoothed", seed), ranksOf(wrong));
  put(
    join(pathsOf(folder, plan, "plain", 0).run, "metrics.jsonl"),
    '{"kind":"train","step":2,"epoch":1,"loss":2}\n{"kind":"validation","step":2,"top1":0.25,"loss":1.5}\n',
  );
  writeReport(folder, readResults(folder, plan));
  expect(isAblation(folder)).toBe(true);
  const { text } = ablationReport(folder);
  expect(text).toContain('<th scope="row"><bdi>&#60;b&#62;smoothed</bdi></th><td class="number" data-value="0.23');
  expect(text).toMatch(/-26\.67 \(-?\d+\.\d\d to -?\d+\.\d\d\)/);
  expect(text).toContain("<title>Top-1 error with 95% intervals over seeds and pictures</title>");
  expect(text).toContain("<title>Validation loss");
  expect(text).not.toContain("<b>");
});

test("a file that is no table is refused by its name", () => {
  put(join(folder, "other", "table.json"), { schema: "another" });
  expect(() => ablationReport(join(folder, "other"))).toThrow(/other\/table\.json is not the table of an ablation/);
});
