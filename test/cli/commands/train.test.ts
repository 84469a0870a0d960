// train, eval and predict as a user runs them, on a small drawn set: one run whole, one killed and gone on with.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCheckpoint } from "../../../src/checkpoint/store.ts";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { readMetrics } from "../../../src/run/metrics.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-train-"));
const config = join(folder, "tiny.yaml");
const experiment = `
name: tiny
network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${join(folder, "shapes")}, validation: { holdOut: 0.2 }, size: 32 }
train: { steps: 24, batch: 8, learningRate: 0.01, averageDecay: 0.9, batchNormDecay: 0.9 }
checkpoint: { everySteps: 5 }
log: { everySteps: 1 }
`;
const bin = "bin/inception.js";
const inception = (...args: string[]) => promisify(execFile)(process.execPath, [bin, ...args], { maxBuffer: 1 << 26 });
type Failure = { code: number; stdout: string; stderr: string };
const failure = async (...args: string[]): Promise<Failure> =>
  inception(...args).then(
    () => expect.fail("it succeeded"),
    (error: Failure) => error,
  );
const last = (run: string) => join(run, "checkpoints", "step-000000024");
const hashes = (run: string): string[] =>
  ["weights", "average", "optimizer"].map((name) =>
    createHash("sha256")
      .update(readFileSync(join(last(run), `${name}.safetensors`)))
      .digest("hex"),
  );
const figures = (run: string) =>
  readMetrics(join(run, "metrics.jsonl")).lines.map(({ seconds, waited, ...rest }) => rest);

/** Resolves once the run has a checkpoint. */
async function untilSaved(run: string, child: ChildProcess): Promise<void> {
  const saved = () =>
    existsSync(join(run, "checkpoints")) &&
    readdirSync(join(run, "checkpoints")).some((name) => /^step-\d+$/.test(name));
  while (!saved() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeAll(async () => {
  await makeShapes(join(folder, "shapes"), { perClass: 8, size: 48, seed: 1 });
  writeFileSync(config, experiment);
  await inception("train", config, "-o", join(folder, "whole"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = join(folder, "whole", "tiny-1");

test("a run folder holds the resolved config, the record, the figures and the checkpoints", () => {
  expect(readdirSync(whole)).toEqual(
    expect.arrayContaining(["checkpoints", "config.yaml", "metrics.csv", "metrics.jsonl", "run.json"]),
  );
  expect(JSON.parse(readFileSync(join(whole, "run.json"), "utf8"))).toMatchObject({ exit: 0 });
  const steps = figures(whole)
    .filter(({ kind }) => kind === "train")
    .map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
});

describe.each([
  ["SIGKILL", null],
  ["SIGINT", 75],
] as const)("stopped by %s", (signal, code) => {
  test("the run goes on to the same last bit, no step missing or doubled", async () => {
    const output = join(folder, signal);
    const run = join(output, "tiny-1");
    const child = spawn(process.execPath, [bin, "train", config, "-o", output], { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    await untilSaved(run, child);
    child.kill(signal);
    expect(await ended).toBe(code);
    await inception("train", "-o", output, "--resume");
    expect(hashes(run)).toEqual(hashes(whole));
    expect(figures(run)).toEqual(figures(whole));
  });
});

test("a resumed run refuses another experiment and names what differs", async () => {
  const { code, stderr } = await failure("train", "--resume", whole, "--set", "train.learningRate=0.5");
  expect(code).toBe(2);
  expect(stderr).toContain("different: train.learningRate");
});

test("a run out of patience ends well, says since when, and has its best weights evaluated", async () => {
  const sets = ["train.patience=2", "train.learningRate=1e-30", "train.averageDecay=null", "evaluate.everyEpochs=0.5"];
  const output = join(folder, "early");
  const { stdout, stderr } = await inception("train", config, "-o", output, ...sets.flatMap((set) => ["--set", set]));
  const run = join(output, "tiny-1");
  expect(stderr).toMatch(/^patience {4}ends after 2 validations in a row without a better one$/m);
  const ended =
    /stopped early at epoch ([\d.]+), step (\d+): no better validation since epoch [\d.]+; best .* step (\d+),/;
  const [, , last, best] = ended.exec(stdout)!.map(Number);
  expect(stderr).toContain(`inception train --resume ${run} --set train.patience=null`);
  expect(JSON.parse(readFileSync(join(run, "run.json"), "utf8"))).toMatchObject({ exit: 0, stoppedEarly: true });
  expect(figures(run).at(-1)).toMatchObject({ kind: "validation", step: last });
  expect(JSON.parse((await inception("eval", run, "--json")).stdout).model.step).toBe(best);
});

describe("the learning-rate range test", () => {
  const here = join(folder, "rates");
  const args = ["train", config, "--find-rate", "-o", here];
  beforeAll(() => void mkdirSync(here));

  test("ends at Ctrl-C with 130, and nothing is written", async () => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    child.stderr.on("data", (text) => void (/^find rate {3}/m.test(String(text)) && child.kill("SIGINT")));
    expect(await ended).toBe(130);
    expect(readdirSync(here)).toEqual([]);
  });

  test("draws and suggests, and leaves nothing but the drawing", async () => {
    const before = readdirSync(".").sort();
    const { stdout, stderr } = await inception(...args, "--json");
    const found = readPrinted("inception.find-rate/1", stdout);
    const rates = found.points.map(({ rate }) => rate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect([rates[0], found.key, found.given]).toEqual([1e-5, "train.learningRate", 0.01]);
    expect(found.suggestion).toBe(Number((found.lowest!.rate / 10).toPrecision(2)));
    expect(found.lowest!.smoothed).toBe(Math.min(...found.points.map(({ smoothed }) => smoothed)));
    expect(stderr).toMatch(/^find rate \d+\/201 {2}.*left {2}rate .* {2}loss /m);
    expect([readdirSync(here), readdirSync(".").sort()]).toEqual([["learning-rate.svg"], before]);
    expect(readFileSync(join(here, "learning-rate.svg"), "utf8")).toContain(`suggested: ${found.suggestion}`);
  });

  test("is refused before it begins where the drawing has no place, and beside --resume", async () => {
    const nowhere = await failure("train", config, "--find-rate", "-o", join(folder, "no", "x.svg"));
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("there is no folder")]);
    expect((await failure("train", "--find-rate", "--resume")).code).toBe(2);
  });
});

test("a time too short for a step is refused in a sentence that says how much it takes, and leaves no run", async () => {
  const output = join(folder, "short");
  const { code, stderr } = await failure("train", config, "-o", output, "--max-time", "1s");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: --max-time 1s is too short for one step, expected [\dhms ]+ at least$/m);
  expect(readdirSync(output)).toEqual([]);
});

test("eval counts each picture once, and the same from the checkpoint alone", async () => {
  const fromRun = JSON.parse((await inception("eval", whole, "--checkpoint", "last", "--json")).stdout);
  const alone = JSON.parse((await inception("eval", last(whole), "--json", "-o", join(folder, "alone"))).stdout);
  expect(fromRun.schema).toBe("inception.eval/3");
  expect(fromRun.data.evaluated).toBe(fromRun.data.listed);
  expect(alone.top1).toEqual(fromRun.top1);
  expect(alone.loss).toBe(fromRun.loss);
  const validation = figures(whole).findLast(({ kind }) => kind === "validation")!;
  expect(fromRun.loss).toBeCloseTo(validation.averageLoss as number, 6);
  const lines = readFileSync(join(fromRun.folder, "predictions.jsonl"), "utf8").trim().split("\n");
  expect(new Set(lines.map((line) => JSON.parse(line).name)).size).toBe(fromRun.data.listed);
});

test("eval in bfloat16 agrees with float32 within the format's precision", async () => {
  const [wide, narrow] = await Promise.all(
    ["float32", "bfloat16"].map(async (precision) =>
      JSON.parse(
        (await inception("eval", whole, "--precision", precision, "--json", "-o", join(folder, precision))).stdout,
      ),
    ),
  );
  expect(narrow.protocol.precision).toBe("bfloat16");
  expect(narrow.data.evaluated).toBe(wide.data.evaluated);
  expect(narrow.loss).not.toBe(wide.loss);
  expect(Math.abs(narrow.loss - wide.loss)).toBeLessThan(0.05 * wide.loss);
});

test("predict takes folders and lists, goes on past an unreadable picture, and sorts", async () => {
  const [shapes, broken, sorted] = ["shapes", "broken.png", "sorted"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(broken, "not a picture");
  const { code, stdout, stderr } = await failure(
    ...["predict", broken, join(shapes, "star"), "--model", whole, "-k", "1", "--jsonl"],
    ...["--threshold", "1", "--sort-into", sorted],
  );
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: .*broken\.png: not a picture.*\n1 of 9 pictures could not be read\nsorted into /);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ image }) => image)).toEqual(
    readdirSync(join(shapes, "star")).map((name) => join(shapes, "star", name)),
  );
  expect(new Set(lines.map(({ accepted }) => accepted))).toEqual(new Set([false]));
  expect(readdirSync(sorted)).toEqual(["uncertain"]);
  expect(readdirSync(join(sorted, "uncertain"))).toHaveLength(8);
});

test("predict names the classes of a picture; an unreadable one gives one sentence", async () => {
  const picture = join(folder, "shapes", "star", readdirSync(join(folder, "shapes", "star"))[0]!);
  const { predictions } = readPrinted(
    "inception.predict/1",
    (await inception("predict", picture, "--model", whole, "-k", "3", "--json")).stdout,
  );
  expect(predictions[0]!.top).toHaveLength(3);
  const broken = join(folder, "broken.jpg");
  writeFileSync(broken, "not a picture");
  const { code, stderr } = await failure("predict", broken, "--model", whole);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: .*broken\.jpg.*\n/);
});

test("photographs in place of a config are trained on by the default recipe, which is said, and what comes next", async () => {
  const tiny = ["--set", "data.size=32", "--set", "network.width=0.05", "--set", "train.steps=2"];
  const { stdout, stderr } = await inception("train", join(folder, "shapes"), "-o", join(folder, "photos"), ...tiny);
  const run = join(folder, "photos", "shapes-1");
  expect(stderr).toMatch(/^recipe {6}scratch, for \d+ pictures: 2 steps, Muon, rate 0\.006 /m);
  expect(stderr).toMatch(/^warning: 2 steps are too few to learn much in; /m);
  expect(stderr).toContain(`inception eval ${run}`);
  expect(stderr).toContain(`inception predict <image> --model ${run}`);
  expect(stdout).toMatch(/finished after 2 steps/);
  expect(readFileSync(join(run, "config.yaml"), "utf8")).toMatch(/^recipe: scratch$/m);
});

test("a model that is none exits 6", async () => {
  expect(await failure("eval", folder)).toMatchObject({ code: 6 });
});

describe("train photos --from a checkpoint", () => {
  const few = join(folder, "few");
  const options = ["--set", "train.steps=2", "--set", "train.batch=4", "--set", "train.headFirst=null"];
  const tune = (photos: string, output: string) =>
    inception(
      "train",
      photos,
      "--from",
      last(whole),
      ...options,
      "--set",
      "train.freeze=trunk",
      "-o",
      join(folder, output),
    );
  const ended = (output: string, name: string) =>
    readCheckpoint(join(folder, output, `${name}-1`, "checkpoints", "step-000000002"));
  const origin = () => readCheckpoint(last(whole));

  beforeAll(() => {
    for (const [from, to] of [
      ["ring", "hoop"],
      ["star", "star"],
      ["cross", "plus"],
    ] as const)
      cpSync(join(folder, "shapes", from), join(few, to), { recursive: true });
  });

  test("other classes: the network and its size are the checkpoint's, the classifier starts anew, and the first lines say so", async () => {
    const { stderr } = await tune(few, "tuned");
    const { average } = origin().files;
    const loaded = average!.size - 2;
    expect(stderr).toMatch(/^network +bn-inception, 3 classes, 32 px, width 0\.05, /m);
    expect(stderr).toContain(`from        ${last(whole)} (step 24, average weights)`);
    expect(stderr).toContain(
      `weights     ${loaded} loaded; 2 start anew for other classes or another grid (Logits/dense)`,
    );
    const { files, state } = ended("tuned", "few");
    expect(state.classes).toEqual(["hoop", "plus", "star"]);
    expect(files.weights.get("Logits/dense/kernel")?.shape.at(-1)).toBe(3);
    // What is frozen is the checkpoint's, to the last bit.
    for (const [name, { data }] of average!)
      if (!name.startsWith("Logits/")) expect(files.weights.get(name)?.data, name).toEqual(data);
  });

  test("the same classes keep their classifier", async () => {
    const { stderr } = await tune(join(folder, "shapes"), "kept");
    expect(stderr).toMatch(new RegExp(`^weights +${origin().files.average!.size} loaded$`, "m"));
    expect(ended("kept", "shapes").state.classes).toEqual(origin().state.classes);
  });
});
