// How far a cell has come, judged from its files.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CellPaths, cellPaths, cellState, isSettled, lastError, stepsDone } from "../../src/ablate/cell.ts";
import { cellsOf } from "../../src/ablate/plan.ts";
import { toYaml } from "../../src/config/write.ts";
import { newFolder, pathsOf, planOf, put, putResult, ranksOf, runRecord } from "./support.ts";

const plan = planOf("rows: [{ name: plain }]");
let folder: string;
let paths: CellPaths;
beforeEach(() => {
  folder = newFolder();
  paths = pathsOf(folder, plan, "plain", 0);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (...exits: (number | null)[]): void => put(join(paths.run, "run.json"), runRecord(...exits));
const outcome = (kind: string, exit: number | null): void =>
  put(paths.outcome, { kind, phase: "train", exit, signal: exit === null ? "SIGKILL" : null, message: "why" });
const failedThenDone = (): void => {
  outcome("failed", 3);
  putResult(paths, ranksOf(3));
};

describe("the state of a cell", () => {
  test.each([
    ["nothing", () => {}, "missing", false],
    ["a run folder that was only made", () => put(join(paths.run, "config.yaml"), ""), "missing", false],
    ["a training that lasts or was killed", () => record(null), "unfinished", false],
    ["one that was stopped", () => record(75), "unfinished", false],
    ["one that was stopped, gone on with and killed", () => record(75, null), "unfinished", false],
    ["one that ended", () => record(0), "trained", false],
    ["one that was stopped, gone on with and ended", () => record(75, 0), "trained", false],
    ["one that diverged under a driver that was killed", () => record(4), "diverged", true],
    ["a record that cannot be read", () => put(join(paths.run, "run.json"), "{"), "unfinished", false],
    ["a failure", () => outcome("failed", 3), "failed", false],
    ["a kill", () => outcome("killed", null), "killed", false],
    ["a divergence", () => outcome("diverged", 4), "diverged", true],
    ["pictures without a summary: the evaluation was killed", () => put(paths.predictions, "{}\n"), "missing", false],
    ["a result, whatever came before", failedThenDone, "done", true],
  ])("%s", (_, make, kind, settled) => {
    make();
    expect(cellState(paths).kind).toBe(kind);
    expect(isSettled(cellState(paths))).toBe(settled);
  });
});

test("its folder is found under the name that an earlier plan gave it", () => {
  const [cell] = cellsOf(plan);
  put(join(folder, "cells", `renamed-seed0-${cell!.id}`, "config.yaml"), "");
  expect(cellPaths(folder, cell!, "single").path).toBe(join(folder, "cells", `renamed-seed0-${cell!.id}`));
});

test("its folder is found where its experiment was written without a key that has come since", () => {
  const [cell] = cellsOf(plan);
  const before = toYaml(cell!.experiment).replace(/^ *dropout:.*\n/m, "");
  put(join(folder, "cells", "plain-seed0-0123456789abcdef", "config.yaml"), before);
  expect(before).not.toContain("dropout");
  expect(cellPaths(folder, cell!, "single").path).toBe(join(folder, "cells", "plain-seed0-0123456789abcdef"));
  const other = { ...cell!, id: "f".repeat(16) };
  expect(cellPaths(folder, other, "single").path).toBe(join(folder, "cells", cell!.folder));
});

test("progress is the last whole step, and 0 before there is any", () => {
  expect(stepsDone(paths)).toBe(0);
  put(join(paths.run, "metrics.jsonl"), `{"kind":"train","step":7}\n{"kind":"train","step":8,"loss":1}\n`);
  expect(stepsDone(paths)).toBe(8);
});

test("the last error of a log, else its last line", () => {
  put(paths.log, "train 1/2\nerror: no room\nhint: free some\n");
  expect(lastError(paths.log)).toBe("no room");
  put(paths.log, "train 1/2\ntrain 2/2\n");
  expect(lastError(paths.log)).toBe("train 2/2");
  expect(lastError(join(folder, "none"))).toBe("");
});
