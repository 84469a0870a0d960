// inception checkpoint as a process.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeCheckpoint } from "../../../src/checkpoint/store.ts";
import { acquireLock } from "../../../src/lock.ts";
import { runPaths } from "../../../src/run/paths.ts";
import { suitable } from "../../checkpoint/suitable.ts";
import { readPrinted } from "../printed.ts";

const bin = join(import.meta.dirname, "../../../bin/inception.js");
let run: string;
let paths: string[];
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "inception-run-"));
  const best = { step: 2, top1: 0.5 };
  paths = [1, 2, 3, 4].map((step) => {
    const state = { ...suitable.state, ...(step > 1 ? { best } : {}) };
    return writeCheckpoint(runPaths(run).checkpoints, { ...suitable, step, state });
  });
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

const checkpoint = (...words: string[]) =>
  spawnSync(process.execPath, [bin, "checkpoint", ...words], { encoding: "utf8", cwd: run });
const steps = (): string[] => readdirSync(runPaths(run).checkpoints).sort();

test("list: the newest first, the best marked, a damaged manifest told", () => {
  writeFileSync(join(paths[0]!, "manifest.json"), "{");
  const { stdout, status } = checkpoint("list", run);
  expect(status).toBe(0);
  const rows = stdout.split("\n").filter((line) => /^ *\d+ /.test(line));
  expect(rows.map((row) => Number(/\d+/.exec(row)![0]))).toEqual([4, 3, 2, 1]);
  expect(rows.map((row) => / best$/.test(row))).toEqual([false, false, true, false]);
  expect(rows[3]).toMatch(/damaged$/);
  expect(stdout).toContain("manifest.json");
  const { checkpoints } = readPrinted("inception.checkpoint-list/1", checkpoint("list", run, "--json").stdout);
  expect(checkpoints.map(({ best, problem }) => [best, problem === null])).toEqual([
    [false, true],
    [false, true],
    [true, true],
    [false, false],
  ]);
});

test("verify: each by its hashes; one that is cut ends with 8", () => {
  expect(checkpoint("verify", run)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^(ok {2}.*\n){4}$/) });
  truncateSync(join(paths[1]!, "weights.safetensors"), 10);
  const { status, stdout } = checkpoint("verify", run);
  expect(status).toBe(8);
  expect(stdout).toMatch(
    /^NO {2}.*step-000000002\n {4}.*weights\.safetensors is damaged: expected \d+ bytes, got 10$/m,
  );
  expect(checkpoint("verify", paths[2]!)).toMatchObject({ status: 0, stdout: `ok  ${paths[2]}\n` });
  const found = readPrinted("inception.checkpoint-verify/1", checkpoint("verify", run, "--json").stdout);
  expect(found.checkpoints.map(({ ok }) => ok)).toEqual([true, true, false, true]);
});

test("diff: equal ends with 0, anything else with 8", () => {
  expect(checkpoint("diff", run, paths[3]!)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/equal to the last bit/),
  });
  const { status, stdout } = checkpoint("diff", paths[2]!, run);
  expect(status).toBe(8);
  expect(stdout).toMatch(/^step: 3 -> 4$/m);
  expect(stdout).toMatch(/^weights +0 of \d+ +0 of \d+/m);
  const found = readPrinted("inception.checkpoint-diff/1", checkpoint("diff", paths[2]!, run, "--json").stdout);
  expect(found).toMatchObject({ equal: false, state: ["step: 3 -> 4"] });
});

test("prune: says what would go, removes it, keeps the newest and the best", () => {
  const dry = readPrinted("inception.checkpoint-prune/1", checkpoint("prune", run, "--dry-run", "--json").stdout);
  expect([dry.removed.length, dry.kept.length, steps().length]).toEqual([2, 2, 4]);
  expect(checkpoint("prune", run)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^removed .*[\s\S]*2 stay/),
  });
  expect(steps()).toEqual(["step-000000002", "step-000000004"]);
});

test("prune leaves a run alone that is in use", () => {
  const lock = acquireLock(runPaths(run).lock)!;
  try {
    expect(checkpoint("prune", run)).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(/is in use by process/),
    });
    expect(steps()).toHaveLength(4);
  } finally {
    lock.release();
  }
});

test("where there is none, one sentence", () => {
  const empty = join(run, "empty");
  mkdirSync(empty);
  for (const words of [["list", empty], ["verify", empty], ["prune", empty], ["diff", empty, empty], ["list"]]) {
    const { status, stderr } = checkpoint(...words);
    expect([status, stderr]).toEqual([
      6,
      expect.stringMatching(/^error: (.*expected checkpoints, got none|there is no run)/),
    ]);
  }
});
