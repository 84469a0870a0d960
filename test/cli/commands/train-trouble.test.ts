// What goes wrong while training, as a user meets it: diverging, bad pictures, other pictures, a full disk; and steps in steady memory.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../../src/checkpoint/store.ts";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { readMetrics } from "../../../src/run/metrics.ts";
import { needs } from "../../needs.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-trouble-"));
const shapes = join(folder, "shapes");
const config = join(folder, "tiny.yaml");
const experiment = `
name: tiny
recipe: paper
network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${shapes}, validation: { holdOut: 0.2 }, size: 32 }
train: { steps: 8, batch: 8, learningRate: 0.01, averageDecay: null }
log: { everySteps: 1 }
`;
type Ended = { code: number; stdout: string; stderr: string };
const inception = (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, ["bin/inception.js", ...args], { maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );
const train = (output: string, ...args: string[]) => inception("train", config, "-o", join(folder, output), ...args);
const runIn = (output: string) => join(folder, output, "tiny-1");
const checkpoints = (run: string) => readdirSync(join(run, "checkpoints")).filter((name) => /^step-\d+$/.test(name));

beforeAll(async () => {
  await makeShapes(shapes, { perClass: 6, size: 48, seed: 1 });
  writeFileSync(config, experiment);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a loss that is not finite ends the run with 4, naming the step and the pictures; the record says so", async () => {
  const { code, stderr } = await train("nan", "--set", "train.learningRate=1e30", "--set", "train.clipNorm=null");
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /^error: step [2-8] gave a loss or gradient that is not finite, \S.*; its 8 pictures: (\w+\/)?\w+-\d+.*, \.\.\.$/m,
  );
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).toContain("nothing was saved before it");
  expect(JSON.parse(readFileSync(join(runIn("nan"), "run.json"), "utf8"))).toMatchObject({ exit: 4 });
});

test("a rate that makes weights infinite at once: no checkpoint has them, and the layer is named", async () => {
  const sets = ["train.learningRate=1e308", "checkpoint.everySteps=1"].flatMap((set) => ["--set", set]);
  const { code, stderr } = await train("infinite", ...sets);
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /^error: step 1 left values that are not finite, first in \w+(\/\w+)* \((\w+ of )?(kernel|beta|gamma)\); its 8 pictures: /m,
  );
  const run = runIn("infinite");
  expect(checkpoints(run)).toEqual([]);

  const metrics = readFileSync(join(run, "metrics.jsonl"), "utf8");
  expect(metrics).not.toBe("");
  const resumed = await inception("train", "--resume", run);
  expect(resumed.code).toBe(6);
  expect(resumed.stderr).toContain(`error: ${run} ended before its first checkpoint: there is nothing to resume`);
  expect(resumed.stderr).toContain(`inception train ${run}/config.yaml`);
  expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toBe(metrics);
});

test("weights of a class that is not there are refused with the nearest one, before there is a folder", async () => {
  const { code, stderr } = await train("weights", "--set", "train.classWeights={ strar: 2 }");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: train\.classWeights: there is no class called strar; did you mean star\?$/m);
  expect(existsSync(join(folder, "weights"))).toBe(false);
});

describe("an unreadable picture", () => {
  const spoiled = join(folder, "spoiled");
  beforeAll(() => {
    cpSync(shapes, spoiled, { recursive: true });
    for (const name of ["star", "ring"]) writeFileSync(join(spoiled, name, "broken.jpg"), "not a picture");
  });

  test("ends the run with 3 and one sentence", async () => {
    const { code, stderr } = await train("fail", "--set", `data.train=${spoiled}`);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: .*broken\.jpg/m);
  });

  test("is left out with skip, listed once with its reason, and counted", async () => {
    const sets = ["--set", `data.train=${spoiled}`, "--set", "data.onBadImage=skip", "--set", "data.badImageLimit=0.1"];
    sets.push("--set", "train.steps=14");
    const { code, stdout, stderr } = await train("skip", "--json", ...sets);
    expect([code, stderr.match(/left out: /g)]).toEqual([0, ["left out: ", "left out: "]]);
    expect(readPrinted("inception.train/2", stdout)).toMatchObject({ rejected: 2, finished: true });
    const listed = readFileSync(join(runIn("skip"), "rejected.jsonl"), "utf8")
      .trim()
      .split("\n");
    const names = listed.map((line) => JSON.parse(line) as { name: string; reason: string });
    expect(names.map(({ name }) => name).sort()).toEqual(["ring/broken.jpg", "star/broken.jpg"]);
    expect(names.every(({ reason }) => reason.length > 5)).toBe(true);
  });
});

test("a run whose pictures end it has saved, and goes on by what --resume --set says of them, which is recorded", async () => {
  const [own, moved] = [join(folder, "ending-pictures"), join(folder, "moved-pictures")];
  cpSync(shapes, own, { recursive: true });
  const names = readdirSync(join(own, "star")).slice(0, 3);
  for (const name of names) writeFileSync(join(own, "star", name), "not a picture");
  // Of six batches of an epoch, the first one with such a picture is not the first of all with this seed.
  const settings = [`data.train=${own}`, "seed=5", "train.steps=14"].flatMap((set) => ["--set", set]);
  const first = await train("ending", ...settings);
  expect([first.code, first.stderr]).toEqual([
    3,
    expect.stringMatching(/^error: star\/.*\nhint: with --set data\.onBadImage=skip/m),
  ]);
  const run = runIn("ending");
  const [saved] = checkpoints(run);
  expect(Number(saved?.slice(5))).toBeGreaterThan(0);

  renameSync(own, moved);
  const lost = await inception("train", "--resume", run);
  expect([lost.code, lost.stderr]).toEqual([3, expect.stringContaining("no such file or folder")]);
  const skipping = ["--set", `data.train=${moved}`, "--set", "data.onBadImage=skip"];
  const tooMany = await inception("train", "--resume", run, ...skipping);
  expect(tooMany.code).toBe(3);
  expect(tooMany.stderr).toContain(`changed     data.train: ${own} -> ${moved}\n`);
  expect(tooMany.stderr).toMatch(/^error: 2 of 60 pictures cannot be read, expected at most 1 \(data\.badImageLimit/m);
  const last = await inception("train", "--resume", run, "--set", "data.badImageLimit=0.05", "--json");
  expect([last.code, readPrinted("inception.train/2", last.stdout)]).toMatchObject([0, { step: 14, finished: true }]);
  const { resumes } = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as { resumes: { changes?: string[] }[] };
  expect(resumes.map(({ changes }) => changes)).toEqual([
    [`data.train: ${own} -> ${moved}`, "data.onBadImage: fail -> skip"],
    ["data.badImageLimit: 0.01 -> 0.05"],
  ]);
});

test("a run does not go on with other pictures", async () => {
  const own = join(folder, "own");
  cpSync(shapes, own, { recursive: true });
  await train("changed", "--set", `data.train=${own}`);
  rmSync(join(own, "star", "star-0001.png"));
  const { code, stderr } = await inception("train", "--resume", runIn("changed"));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: .* had other pictures/m);
});

describe("a full disk", needs("mount"), () => {
  const disk = join(folder, "disk");
  beforeAll(() => {
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "none", disk]);
  });
  afterAll(() => void execFileSync("umount", [disk]));

  test("ends the run with 73; the last whole checkpoint is kept and the run goes on from it", async () => {
    const save = ["--set", "checkpoint.everySteps=2", "--set", "checkpoint.keep=50"];
    const full = await inception("train", config, "-o", disk, "--set", "train.steps=24", ...save);
    expect([full.code, full.stderr]).toEqual([73, expect.stringMatching(/^error: .*tiny-1/m)]);
    const run = join(disk, "tiny-1");
    const kept = checkpoints(run);
    expect(kept.length).toBeGreaterThan(0);
    for (const name of kept) expect(readCheckpoint(join(run, "checkpoints", name)).step).toBe(Number(name.slice(5)));
    execFileSync("mount", ["-o", "remount,size=400m", disk]);
    const resumed = await inception("train", "--resume", run, "--json");
    expect([resumed.code, readPrinted("inception.train/2", resumed.stdout)]).toMatchObject([
      0,
      { step: 24, finished: true },
    ]);
  });
});

test(
  "memory is the same around step 190 as around step 60: not even a batch of each step is kept",
  needs("linux"),
  async () => {
    const run = runIn("long");
    const batches = [
      "network={ name: googlenet, width: 0.05, auxiliary: off }",
      "data.size=64",
      "train.batch=24",
      "train.steps=215",
      "evaluate.everyEpochs=1000",
      "augment={ crop: none, color: off }",
    ];
    const sets = batches.flatMap((set) => ["--set", set]);
    const collect = join(folder, "collect.cjs");
    writeFileSync(collect, "setInterval(() => globalThis.gc(), 200).unref();");
    const node = ["--expose-gc", "-r", collect, "bin/inception.js"];
    const child = spawn(process.execPath, [...node, "train", config, "-o", join(folder, "long"), ...sets], {
      stdio: "ignore",
    });
    const [early, late] = [await leastBetween(40, 80), await leastBetween(170, 210)];
    await new Promise((resolve) => child.on("exit", resolve));
    expect(child.exitCode).toBe(0);
    const batchMegabytes = (24 * 64 * 64 * 3) / 1e6;
    expect(late - early).toBeLessThan(130 * batchMegabytes);

    /** Every thread collects its garbage five times a second, and still memory goes up and down by a few batches. */
    async function leastBetween(first: number, last: number): Promise<number> {
      let least = Number.POSITIVE_INFINITY;
      for (let step = first; step <= last; step += 5) {
        await untilStep(run, step, child);
        least = Math.min(least, residentMegabytes(child.pid!));
      }
      return least;
    }
  },
);

async function untilStep(run: string, step: number, child: ChildProcess): Promise<void> {
  const metrics = join(run, "metrics.jsonl");
  const reached = () => existsSync(metrics) && (readMetrics(metrics).lines.at(-1)?.step ?? 0) >= step;
  while (!reached() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 30));
  expect(child.exitCode).toBeNull();
}

const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1000;

test("a run of which only the weights are left is predicted with and evaluated, and not gone on with", {
  timeout: 120_000,
}, async () => {
  expect((await train("alone")).code).toBe(0);
  const run = runIn("alone");
  const [last] = checkpoints(run).sort().reverse();
  const { step, files, state } = readCheckpoint(join(run, "checkpoints", last!));
  const { network, preprocessing, classes } = state;
  rmSync(join(run, "checkpoints"), { recursive: true });
  const alone = { step, files: { weights: files.weights }, state: { network, preprocessing, classes } };
  const path = writeCheckpoint(join(run, "checkpoints"), alone);

  const resumed = await inception("train", "--resume", run);
  expect(resumed.code).toBe(2);
  expect(resumed.stderr).toContain("holds weights alone, no optimizer state and no position to go on from");
  const picture = join(shapes, "star", readdirSync(join(shapes, "star"))[0]!);
  expect((await inception("predict", picture, "--model", path, "--json")).code).toBe(0);
  const evaluated = await inception("eval", path, "--data", shapes, "-o", join(folder, "alone-eval"), "--json");
  expect([evaluated.code, Object.keys(JSON.parse(evaluated.stdout))]).toEqual([0, expect.arrayContaining(["folder"])]);
  const without = await inception("eval", path);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("names no validation pictures")]);
});
