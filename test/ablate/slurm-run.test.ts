// What the driver of a Slurm array submits, submits again and leaves, against a queue that a test plays.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cellPaths } from "../../src/ablate/cell.ts";
import { type Cell, cellsOf } from "../../src/ablate/plan.ts";
import type { Queue, Task } from "../../src/ablate/slurm-queue.ts";
import { runOnSlurm, type SlurmOptions } from "../../src/ablate/slurm-run.ts";
import { newFolder, planOf, put, putResult, ranksOf, runRecord } from "./support.ts";

const plan = planOf("rows: [{ name: plain }, { name: smooth, set: { train.labelSmoothing: 0.1 } }]\nseeds: [0, 1]");
const cells = cellsOf(plan);
let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathsOf = (cell: Cell) => cellPaths(folder, cell, plan.crops);
const finish = (cell: Cell): void => putResult(pathsOf(cell), ranksOf(2));
const train = (cell: Cell, steps: number): void => {
  put(join(pathsOf(cell).run, "run.json"), runRecord(null));
  put(join(pathsOf(cell).run, "metrics.jsonl"), `{"step":${steps}}\n`);
};
const fail = (cell: Cell): void =>
  put(pathsOf(cell).outcome, { kind: "failed", phase: "train", exit: 3, signal: null, message: "why" });

/** What squeue lists, look by look; each look may change the folder. The last one is given from then on. */
type Look = () => Task[] | undefined;

async function drive(looks: readonly Look[], more: Partial<SlurmOptions> = {}) {
  const submitted: string[][] = [];
  const told: string[] = [];
  const cancelled: string[] = [];
  let look = 0;
  let script: readonly Cell[] = [];
  const queue: Queue = {
    submit: async () => {
      submitted.push(script.map(({ row, seed }) => `${row} ${seed}`));
      return `${submitted.length}`;
    },
    tasks: async () => looks[Math.min(look++, looks.length - 1)]!(),
    accounts: async () => [],
    cancel: async (jobs) => void cancelled.push(...jobs),
  };
  await runOnSlurm(cells, {
    folder,
    crops: plan.crops,
    queue,
    name: "a job",
    writeScript: (given) => {
      script = given;
      return "script";
    },
    watcher: {
      started: ({ row, seed }) => void told.push(`started ${row} ${seed}`),
      ended: ({ row, seed }, { kind }) => void told.push(`${kind} ${row} ${seed}`),
    },
    cancelOnStop: false,
    pollMilliseconds: 1,
    say: (text) => void told.push(text),
    stop: new AbortController().signal,
    ...more,
  });
  return { submitted, told, cancelled };
}

const task = (job: string, index: number, state: string): Task => ({ job, index, state });
const all = ["plain 0", "smooth 0", "plain 1", "smooth 1"];
const each = (job: string, state: string): Task[] => cells.map((_, i) => task(job, i + 1, state));

test("all cells as one array, each told as it starts and ends; what is settled is not submitted", async () => {
  finish(cells[2]!);
  const open = cells.filter((_, i) => i !== 2);
  const { submitted, told } = await drive([
    () => [],
    () => [task("1", 1, "RUNNING"), task("1", 2, "PENDING"), task("1", 3, "PENDING")],
    () => {
      open.forEach(finish);
      return [1, 2, 3].map((index) => task("1", index, "COMPLETED"));
    },
  ]);
  expect(submitted).toEqual([["plain 0", "smooth 0", "smooth 1"]]);
  expect(told).toEqual([
    "submitted 3 cells as job 1",
    "started plain 0",
    "done plain 0",
    "done smooth 0",
    "done smooth 1",
  ]);
});

test("what a task was taken away from is submitted again, alone, while others go on", async () => {
  const { submitted, told } = await drive([
    () => [],
    () => each("1", "RUNNING"),
    () => {
      train(cells[1]!, 7);
      return [task("1", 1, "RUNNING"), task("1", 2, "TIMEOUT"), task("1", 3, "RUNNING"), task("1", 4, "RUNNING")];
    },
    () => {
      cells.forEach(finish);
      return [...each("1", "COMPLETED"), task("2", 1, "COMPLETED")];
    },
  ]);
  expect(submitted).toEqual([all, ["smooth 0"]]);
  expect(told).toContain("smooth, seed 0: its task ended (TIMEOUT), another one goes on");
});

test.each<[string, (cell: Cell) => void, string, string]>([
  ["failed", fail, "FAILED", "failed plain 0"],
  ["was cancelled by hand", () => {}, "CANCELLED", "plain, seed 0: its task was cancelled"],
])("a cell that %s is left", async (_, change, state, expected) => {
  const { submitted, told } = await drive([
    () => [],
    () => {
      cells.slice(1).forEach(finish);
      change(cells[0]!);
      return each("1", "COMPLETED").map((one) => (one.index === 1 ? { ...one, state } : one));
    },
  ]);
  expect(submitted).toEqual([all]);
  expect(told).toContain(expected);
});

test("a cell that comes no step further is left after five tasks; one that does is not", async () => {
  cells.slice(2).forEach(finish);
  let round = 0;
  const { submitted } = await drive([
    () => [],
    () => {
      round += 1;
      if (round < 8) train(cells[1]!, round);
      else finish(cells[1]!);
      return [1, 2].map((index) => task(`${round}`, index, "NODE_FAIL"));
    },
  ]);
  expect(submitted.filter((names) => names.includes("plain 0"))).toHaveLength(5);
  expect(submitted.filter((names) => names.includes("smooth 0"))).toHaveLength(8);
});

test("a task that nobody lists any more counts as ended", async () => {
  const { submitted } = await drive([
    () => [],
    () => [],
    () => {
      cells.forEach(finish);
      return [];
    },
  ]);
  expect(submitted).toEqual([all, all]);
});

test("tasks of an earlier driver are waited for, and a queue that does not answer is asked again", async () => {
  const { submitted, told } = await drive([
    () => [task("77", 1, "RUNNING")],
    () => undefined,
    () => undefined,
    () => [task("77", 1, "COMPLETING")],
    () => {
      cells.forEach(finish);
      return [task("77", 1, "COMPLETED")];
    },
  ]);
  expect({ submitted, told }).toEqual({ submitted: [], told: ["squeue does not answer; asking again"] });
});

test.each([
  [false, [], ["submitted 4 cells as job 1", "job 1 goes on without this command, which follows again with --resume"]],
  [true, ["1"], ["submitted 4 cells as job 1", "cancelling 1"]],
])("a stop, with the tasks cancelled: %s", async (cancelOnStop, cancelled, told) => {
  const stop = new AbortController();
  const found = await drive(
    [
      () => [],
      () => {
        stop.abort();
        return each("1", "PENDING");
      },
      () => each("1", "CANCELLED"),
    ],
    { stop: stop.signal, cancelOnStop },
  );
  expect({ cancelled: found.cancelled, told: found.told }).toEqual({ cancelled, told });
});
