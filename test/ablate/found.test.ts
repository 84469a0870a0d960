// Results that lie in a cell's folder and are not what the plan asks for.
import { rmSync, truncateSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CellPaths } from "../../src/ablate/cell.ts";
import { differingArithmetic, findCells } from "../../src/ablate/found.ts";
import { cellsOf } from "../../src/ablate/plan.ts";
import { readResults } from "../../src/ablate/results.ts";
import { failures } from "../../src/ablate/table.ts";
import { newFolder, pathsOf, planOf, put, putResult, ranksOf } from "./support.ts";

const plan = planOf(`rows:
  - { name: plain, set: { train.precision: float32 } }
  - { name: smoothing, set: { train.labelSmoothing: 0.1 } }
  - { name: held out, set: { data.validation: { holdOut: 0.2 } } }
seeds: 0..1
`);
let folder: string;
const paths = (row: string, seed: number): CellPaths => pathsOf(folder, plan, row, seed);
const cells: readonly (readonly [string, number])[] = [
  ["plain", 0],
  ["plain", 1],
  ["smoothing", 0],
  ["smoothing", 1],
];
beforeEach(() => {
  folder = newFolder();
  for (const [row, seed] of cells) putResult(paths(row, seed), ranksOf(seed + 1));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const about = (change: object) => ({
  protocol: { crops: 1, name: "single", average: "probabilities", precision: "float32", ...change },
});
const pictures = (fingerprint: string) => ({ data: { fingerprint, listed: 10, evaluated: 10, rejected: [] } });

describe("in the table's place stands why, and the other cells count, for", () => {
  test.each<[string, (cell: CellPaths) => void, RegExp]>([
    ["a predictions file that is gone", (cell) => rmSync(cell.predictions), /predictions\.jsonl is missing/],
    ["half of one", (cell) => truncateSync(cell.predictions, 100), /predictions\.jsonl has 2 pictures, expected 10/],
    ["one of an earlier version", (cell) => put(cell.predictions, '{"name":"a","rank":0}\n'.repeat(10)), /tied/],
    [
      "a summary that is none",
      (cell) => put(cell.summary, "{}"),
      /summary\.json is damaged or of another version: data/,
    ],
    [
      "another protocol",
      (cell) => putResult(cell, ranksOf(1), about({ name: "12" })),
      /^unfit: evaluated with crops 12, expected single as the plan says/,
    ],
    [
      "another precision",
      (cell) => putResult(cell, ranksOf(1), about({ precision: "bfloat16" })),
      /evaluated with precision bfloat16, expected float32/,
    ],
    [
      "another mean over crops",
      (cell) => putResult(cell, ranksOf(1), about({ average: "logits" })),
      /evaluated with the mean of logits, expected probabilities/,
    ],
    [
      "another size of pictures",
      (cell) => putResult(cell, ranksOf(1), about({ size: 299 })),
      /evaluated with pixels 299, expected 107/,
    ],
    [
      "another preset",
      (cell) => putResult(cell, ranksOf(1), about({ preset: "timm" })),
      /evaluated with preset timm, expected tf/,
    ],
    [
      "another view of the pictures",
      (cell) => putResult(cell, ranksOf(1), about({ cropShare: 0.95 })),
      /evaluated with crop share 0\.95, expected the preset's/,
    ],
    [
      "other pictures than the cells of the same data",
      (cell) => putResult(cell, ranksOf(1), pictures("0badf00d")),
      /evaluated on other pictures \(fingerprint 0badf00d\) than the other cells \(f00d\)/,
    ],
  ])("%s", (_, change, message) => {
    change(paths("plain", 1));
    const results = readResults(folder, plan);
    expect(failures(results)).toEqual([
      expect.objectContaining({ cell: "plain, seed 1", message: expect.stringMatching(message) }),
    ]);
    expect(failures(results)[0]!.message).toMatch(/without .*eval-single --resume evaluates it again$/);
    expect(results.rows.map(({ top1 }) => top1.seeds)).toEqual([[0], [0, 1], []]);
    expect(results.pictures).toBe(10);
  });
});

test("where the plan's own pictures are at hand, their fingerprint decides, and not what most cells have", () => {
  putResult(paths("plain", 1), ranksOf(2), pictures("0badf00d"));
  const results = readResults(folder, plan, { fingerprintOf: () => "0badf00d" });
  expect(failures(results)).toHaveLength(3);
  expect(failures(results)[0]!.message).toMatch(
    /evaluated on other pictures \(fingerprint f00d\) than the plan names \(0badf00d\)/,
  );
  expect(results.rows.map(({ top1 }) => top1.seeds)).toEqual([[1], [], []]);
});

test("a row with pictures of its own may have another fingerprint", () => {
  putResult(paths("held out", 0), ranksOf(3), pictures("0badf00d"));
  expect(failures(readResults(folder, plan))).toEqual([]);
});

test("cells that were computed differently are named in a warning", () => {
  expect(readResults(folder, plan).warnings).toEqual([]);
  putResult(paths("smoothing", 0), ranksOf(1), about({ arithmetic: { threads: 2, kernels: "own" } }));
  const found = findCells(folder, cellsOf(plan), plan.crops);
  expect(differingArithmetic(found)).toEqual(["threads 1 and 2", "kernels unknown and own"]);
  expect(readResults(folder, plan).warnings).toEqual([
    "the cells were not all computed alike, and differ in the last bits for it: threads 1 and 2; kernels unknown and own",
  ]);
  putResult(paths("smoothing", 0), ranksOf(1), about({ arithmetic: { threads: 1, precision: "bfloat16" } }));
  expect(readResults(folder, plan).warnings).toEqual([
    "the cells were computed in different precisions, and may differ for it: precision unknown and bfloat16",
  ]);
});
