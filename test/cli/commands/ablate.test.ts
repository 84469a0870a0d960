// inception ablate as a user runs it, on a small drawn set: two rows, two seeds, one cell planted to fail, drivers killed on the way.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { lockHolder } from "../../../src/lock.ts";
import { readMetrics } from "../../../src/run/metrics.ts";
import { threads } from "../../../src/runtime/threads.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-ablate-"));
const steps = 12;
const experiment = `
network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${join(folder, "shapes")}, validation: { holdOut: 0.2 }, size: 32 }
train: { batch: 8, learningRate: 0.01, averageDecay: 0.9, batchNormDecay: 0.5, labelSmoothing: 0 }
checkpoint: { everySteps: 2 }
log: { everySteps: 1 }
`;
const ablation = `
name: two
base: { config: tiny.yaml, set: { train.steps: ${steps} } }
rows:
  - { name: plain }
  - { name: + smoothing, set: { train.labelSmoothing: 0.1 }, paper: { top1: 22.8, top5: 6.1 } }
seeds: 0..1
`;
const file = join(folder, "two.yaml");
const one = join(folder, "one-at-a-time");
const two = join(folder, "two-at-a-time");

const bin = "bin/inception.js";
type Answer = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
const inception = (...args: string[]): Promise<Answer> =>
  promisify(execFile)(process.execPath, [bin, ...args], { maxBuffer: 1 << 26 }).then(
    (output) => ({ code: 0, ...output }),
    (error: Answer) => error,
  );

type Started = {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly text: { stdout: string; stderr: string };
  readonly ended: Promise<Answer>;
};
function start(...args: string[]): Started {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (data) => {
      text[stream] += data;
    });
  return { child, text, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, ...text }))) };
}

async function until(condition: () => boolean, { child, ended }: Started): Promise<void> {
  while (!condition()) {
    if (child.exitCode !== null) expect.fail(`the driver ended too early: ${(await ended).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type PlannedCell = {
  readonly id: string;
  readonly row: string;
  readonly seed: number;
  readonly folder: string;
  readonly state: string;
};
let cells: PlannedCell[] = [];
const cell = (row: string, seed: number): string =>
  cells.find((found) => found.row === row && found.seed === seed)!.folder;
const summary = (at: string): string => join(at, "eval-single", "summary.json");
const hasCheckpoint = (at: string): boolean =>
  existsSync(join(at, "run-1", "checkpoints")) &&
  readdirSync(join(at, "run-1", "checkpoints")).some((name) => /^step-\d+$/.test(name));
const predictions = (at: string): string => readFileSync(join(at, "eval-single", "predictions.jsonl"), "utf8");
const record = (at: string) => JSON.parse(readFileSync(join(at, "run-1", "run.json"), "utf8"));
const stepsOf = (at: string): number[] =>
  readMetrics(join(at, "run-1", "metrics.jsonl"))
    .lines.filter(({ kind }) => kind === "train")
    .map(({ step }) => step);

beforeAll(async () => {
  await makeShapes(join(folder, "shapes"), { perClass: 6, size: 48, seed: 1 });
  writeFileSync(join(folder, "tiny.yaml"), experiment);
  writeFileSync(file, ablation);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("--dry-run prints cells, changes and cost, and makes nothing", async () => {
  const { code, stdout } = await inception("ablate", file, "--dry-run", "--no-estimate", "-o", one, "--json");
  expect(code).toBe(0);
  readPrinted("inception.ablate-plan/2", stdout);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({ schema: "inception.ablate-plan/2", cellsLeft: 4, secondsLeft: null, seeds: [0, 1] });
  expect(plan.rows[1]).toMatchObject({
    against: "plain",
    changes: [{ key: "train.labelSmoothing", before: 0, after: 0.1 }],
    steps,
  });
  expect(plan.power).toBeNull();
  expect(plan.rows[1].multiplyAdds).toBe(plan.rows[0].multiplyAdds);
  expect(existsSync(one)).toBe(false);
  cells = plan.cells;
  expect(cells.map(({ row, seed, state }) => `${row} ${seed} ${state}`)).toEqual([
    "plain 0 missing",
    "+ smoothing 0 missing",
    "plain 1 missing",
    "+ smoothing 1 missing",
  ]);
});

test("--power says what the plan can show, by what is given of its trainings, and makes nothing", async () => {
  const { code, stdout } = await inception("ablate", file, "--power", "--sd", "1.5", "-o", one);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^seeds +sd 1\.50 +least exact p$/m);
  // Fifteen pictures: the spread over them is more than the one given.
  expect(stdout).toMatch(/^2 \(this plan\) +none +0\.50\n3 +34\.23 +0\.25$/m);
  expect(stdout).not.toContain("on this machine");
  expect(existsSync(one)).toBe(false);
  expect(await inception("ablate", file, "--dry-run", "--sd", "1.5")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--power"),
  });
  expect((await inception("ablate", file, "--power", "--disagreement", "150")).stderr).toContain(
    '--disagreement: expected a number from 0 to 100, got "150"',
  );
});

test("drivers killed at any moment lose no cell and run none twice; the planted cell fails alone; a second driver is refused", {
  timeout: 400_000,
}, async () => {
  const [first, second, planted, last] = [
    cell("plain", 0),
    cell("+ smoothing", 0),
    cell("plain", 1),
    cell("+ smoothing", 1),
  ].map((name) => join(one, name)) as [string, string, string, string];
  mkdirSync(join(planted, "run-1", "checkpoints", "step-000000001"), { recursive: true });

  const whole = start("ablate", file, "-o", one);
  await until(() => existsSync(summary(first)) && hasCheckpoint(second), whole);
  whole.child.kill("SIGKILL");
  await whole.ended;
  process.kill(lockHolder(join(second, ".lock"))!.pid, "SIGKILL");
  const before = statSync(summary(first));
  expect(existsSync(summary(second))).toBe(false);

  const resumed = start("ablate", "--resume", "-o", one);
  await until(() => hasCheckpoint(last), resumed);
  expect(readFileSync(join(one, "table.md"), "utf8")).toContain("plain, seed 1: failed: ");
  const orphan = lockHolder(join(last, ".lock"))!.pid;
  process.kill(orphan, "SIGSTOP");
  expect(await inception("ablate", "--resume", "-o", one)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`is in use by process ${resumed.child.pid}`),
  });
  expect((await inception("ablate", file, "-o", one)).code).toBe(5);
  resumed.child.kill("SIGKILL");
  await resumed.ended;

  // The training that this driver left behind goes on, and the next one waits for it.
  const third = start("ablate", "--resume", "-o", one, "--json");
  await until(() => third.text.stderr.includes(`waiting for process ${orphan}`), third);
  process.kill(orphan, "SIGCONT");
  const { code, stdout } = await third.ended;
  expect(code).toBe(8);
  expect(statSync(summary(first))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  expect([first, second, last].map((at) => record(at).resumes.length)).toEqual([0, 1, 0]);
  for (const at of [first, second, last]) {
    expect(readdirSync(at).filter((name) => name.startsWith("run-"))).toEqual(["run-1"]);
    expect(stepsOf(at)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
  }
  readPrinted("inception.ablate/2", stdout);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ schema: "inception.ablate/2", name: "two", seeds: [0, 1] });
  const [plain, smoothing] = result.rows;
  expect(plain.cells.map((found: { state: { kind: string } }) => found.state.kind)).toEqual(["done", "failed"]);
  expect(plain.cells[1].state.message).toContain("not a run folder");
  expect(smoothing.top1.seeds).toEqual([0, 1]);
  expect(smoothing.top1.previous).toMatchObject({ to: "plain", seeds: [0], basis: "pictures" });
  const lines = predictions(second)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { rank: number });
  expect(smoothing.cells[0].figures.top1).toBeCloseTo(lines.filter(({ rank }) => rank > 0).length / lines.length, 12);
  expect(existsSync(join(one, smoothing.cells[0].run, "run.json"))).toBe(true);
  expect(readFileSync(join(one, "table.md"), "utf8")).toContain("plain, seed 1: failed: ");
});

test("Ctrl-C saves and exits 75; two at a time, stopped and gone on with, give the same figures as one at a time", {
  timeout: 400_000,
}, async () => {
  // As many threads each as a cell had that ran alone: sums are split among them.
  const args = ["--rows", "smoothing", "--jobs", "2", "--threads", `${threads()}`, "-o", two];
  const both = [cell("+ smoothing", 0), cell("+ smoothing", 1)];
  const stopped = start("ablate", file, ...args);
  await until(() => both.some((name) => hasCheckpoint(join(two, name))), stopped);
  stopped.child.kill("SIGINT");
  expect((await stopped.ended).code).toBe(75);
  expect(both.every((name) => existsSync(summary(join(two, name))))).toBe(false);

  expect((await inception("ablate", "--resume", ...args)).code).toBe(0);
  for (const name of both) {
    expect(predictions(join(two, name))).toBe(predictions(join(one, name)));
    expect(stepsOf(join(two, name))).toEqual(stepsOf(join(one, name)));
  }

  // A file that is gone takes its own cell out, and no other; and that is no success.
  rmSync(join(two, both[0]!, "eval-single", "predictions.jsonl"));
  const { code, stdout } = await inception("ablate", "--resume", ...args);
  expect(code).toBe(8);
  expect(stdout).toMatch(/^\+ smoothing +1\/2 +\d+\.\d\d +one seed/m);
  expect(stdout).toMatch(/^\+ smoothing, seed 0: unfit: .*predictions\.jsonl is missing/m);
});
