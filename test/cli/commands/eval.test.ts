// eval with many crops, ensembles, interruptions and bad input, as a user runs it on tiny models.
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatManifest, parseManifest } from "../../../src/checkpoint/manifest.ts";
import { readSaved } from "../../../src/evaluate/saved.ts";
import { decodePicture } from "../../../src/images/decode.ts";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { rowOf } from "../../../src/statistics/scores.ts";
import { softmax } from "../../../src/statistics/softmax.ts";
import { resultFiles } from "../../evaluate/saved-result.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-eval-"));
const shapes = join(folder, "shapes");
const bin = "bin/inception.js";
const inception = (...args: string[]) => promisify(execFile)(process.execPath, [bin, ...args], { maxBuffer: 1 << 26 });
const json = async (...args: string[]) => {
  const { stdout } = await inception("eval", ...args, "--json");
  readPrinted(args.includes("--crops-preview") ? "inception.eval.crops/1" : "inception.eval/3", stdout);
  return JSON.parse(stdout);
};
const failure = async (...args: string[]): Promise<{ code: number; stderr: string }> =>
  inception("eval", ...args).then(
    () => expect.fail("it succeeded"),
    (error: { code: number; stderr: string }) => error,
  );
const out = (name: string): string => join(folder, "out", name);
const train = async (name: string, network: string, size: number, data: string): Promise<string> => {
  const config = join(folder, `${name}.yaml`);
  writeFileSync(
    config,
    `
name: ${name}
network: { name: ${network}, width: 0.125, stemStride: 1 }
data: { train: ${data}, validation: { holdOut: 0.4 }, size: ${size} }
train: { steps: 3, batch: 8, learningRate: 0.05, averageDecay: 0.5, batchNormDecay: 0.5 }
`,
  );
  await inception("train", config, "-o", join(folder, "runs"));
  return join(folder, "runs", `${name}-1`);
};

let one: string;
let two: string;
beforeAll(async () => {
  await makeShapes(shapes, { perClass: 5, size: 56, seed: 1 });
  one = await train("one", "inception-v3", 48, shapes);
  two = await train("two", "inception-v2", 44, shapes);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("12 crops: every picture once, what was done stands in the result, and the stored one says the same", async () => {
  const { data, protocol, gains, speed, folder: written, top1, loss } = await json(one, "--crops", "12", "-b", "7");
  expect(data.evaluated).toBe(data.listed);
  expect(protocol).toMatchObject({ crops: 12, name: "12", average: "probabilities", size: 48 });
  expect(protocol.resize).toMatch(/^short side to 55 .*linear/);
  expect(speed.crops).toBe(12 * data.listed);
  expect(gains.map(({ crops }: { crops: number }) => crops)).toEqual([1, 2, 10, 12]);
  expect(gains.at(-1)).toMatchObject({ top1, loss });
  expect(readdirSync(written).sort()).toEqual([".lock", ...resultFiles]);
  const saved = readSaved(written);
  expect(saved.names).toHaveLength(data.listed);
  for (let i = 0; i < data.listed; i++) expect(softmax(rowOf(saved, i)).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  const again = await json("--from-saved", written, "-o", out("again"));
  expect(again).toMatchObject({ top1, loss, gains });
});

test("the average over logits is another one, stored under another name", async () => {
  const logits = await json(one, "--crops", "12", "--average", "logits");
  expect(logits.folder).toMatch(/12crops-logits$/);
  const probabilities = readSaved(logits.folder.replace("-logits", ""));
  expect(readSaved(logits.folder).names).toEqual(probabilities.names);
  expect(readSaved(logits.folder).logits).not.toEqual(probabilities.logits);
  expect(await failure("--from-saved", logits.folder, probabilities.path)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/average of probabilities, expected logits/),
  });
});

describe("interrupted", () => {
  const args = (output: string) => ["eval", one, "--data", shapes, "--crops", "36", "-b", "7", "-o", output];
  beforeAll(() => inception(...args(out("whole"))));

  test.each([
    ["SIGINT", 75],
    ["SIGKILL", null],
  ] as const)("by %s, it goes on where it was and gives the same bytes", async (signal, code) => {
    const stopped = out(signal);
    const child = spawn(process.execPath, [bin, ...args(stopped)], { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const progress = join(stopped, "progress.jsonl");
    const lines = () => (existsSync(progress) ? readFileSync(progress, "utf8").split("\n").length : 0);
    while (lines() < 5 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(existsSync(join(stopped, "summary.json"))).toBe(false);
    await inception(...args(stopped));
    const { speed } = JSON.parse(readFileSync(join(stopped, "summary.json"), "utf8"));
    expect(speed.crops).toBeGreaterThan(0);
    expect(speed.crops).toBeLessThanOrEqual(36 * 47);
    for (const name of ["logits.safetensors", "index.json", "predictions.jsonl"])
      expect(readFileSync(join(stopped, name)).equals(readFileSync(join(out("whole"), name))), name).toBe(true);
    expect(existsSync(progress)).toBe(false);
  });
});

test("an ensemble of different networks and sizes: each alone, every prefix, the mean; recombined, the same", async () => {
  const both = await json(one, two, "--crops", "10", "-o", out("both"));
  expect(both.models.map(({ network, size }: { network: string; size: number }) => [network, size])).toEqual([
    ["inception-v3", 48],
    ["inception-v2", 44],
  ]);
  expect(both.prefixes.map(({ models }: { models: number }) => models)).toEqual([1, 2]);
  expect(both.prefixes[0].loss).toBe(both.models[0].loss);
  expect(both.prefixes[1]).toMatchObject({ loss: both.loss, top1: both.top1 });
  const parts = [1, 2].map((number) => readSaved(join(out("both"), `model-${number}`)));
  const together = readSaved(out("both"));
  for (const i of together.names.keys()) {
    const [first, second] = parts.map((part) => softmax(rowOf(part, i)));
    for (const [at, value] of softmax(rowOf(together, i)).entries())
      expect(value).toBeCloseTo((first![at]! + second![at]!) / 2, 6);
  }
  const again = await json("--from-saved", ...parts.map(({ path }) => path), "-o", out("both-again"));
  for (const key of ["top1", "top5", "loss", "prefixes", "gains", "classes"]) expect(again[key]).toEqual(both[key]);
  const { stdout } = await inception("eval", "--from-saved", ...parts.map(({ path }) => path), "-o", out("table"));
  expect(stdout).toMatch(/the first 2 together/);
});

test("another size, preset and share: the network's own weights, another folder, and all of it in the result", async () => {
  const args = [one, "--limit", "8", "--size", "57", "--preset", "timm", "--crop-share", "0.95"];
  const { protocol, folder: written, top1, loss } = await json(...args);
  expect(protocol).toMatchObject({ crops: 1, preset: "timm", size: 57, cropShare: 0.95 });
  expect(protocol.resize).toMatch(/^short side to 60, long side rounded down, centre 57; Pillow's bicubic kernel/);
  expect(written).toMatch(/-timm-57px-share0\.95-limit8$/);
  expect(await json("--from-saved", written, "-o", out("viewed"))).toMatchObject({ protocol, top1, loss });
});

test("the whole picture in the place of a crop is another protocol, in another folder", async () => {
  const { protocol, folder: written } = await json(one, "--limit", "8", "--fit", "letterbox");
  expect(protocol).toMatchObject({ crops: 1, preset: "torchvision", fit: "letterbox" });
  expect(protocol.resize).toMatch(/^whole picture, long side to \d+, around it RGB 128, 128, 128, Pillow's/);
  expect(written).toMatch(/-letterbox-limit8$/);
  expect(await failure(one, "--fit", "squash", "--crops", "12")).toMatchObject({ code: 2 });
  expect(await failure(one, "--batch", `${Number.MAX_SAFE_INTEGER}`)).toMatchObject({
    code: 2,
    stderr: "error: --batch: expected at most 310689 pictures of 48 px at a time, got 9007199254740991\n",
  });
});

test("--limit takes so many, spread over the classes, and says so", async () => {
  const { data, classes, folder: written } = await json(one, "--data", shapes, "--limit", "20");
  expect([data.listed, data.evaluated]).toEqual([20, 20]);
  expect(classes.map(({ n }: { n: number }) => n)).toEqual(Array(10).fill(2));
  expect(written).toMatch(/-limit20-shapes-[0-9a-f]{8}$/);
});

describe("bad input is one sentence", () => {
  const place = (name: string): string => join(folder, "bad", name);
  const copy = (name: string): string => {
    cpSync(shapes, place(name), { recursive: true });
    return place(name);
  };

  test("an empty folder", async () => {
    mkdirSync(place("empty"), { recursive: true });
    expect(await failure(one, "--data", place("empty"))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: .*empty: no JPEG, PNG or WebP pictures found\n/),
    });
  });

  test("a class folder too few", async () => {
    rmSync(join(copy("few"), "star"), { recursive: true });
    expect(await failure(one, "--data", place("few"))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: .*few: the class "star" of the model .* is missing\n.*--subset/),
    });
    const { subset, data, classes } = await json(one, "--data", place("few"), "--subset");
    expect(subset.classes).toHaveLength(9);
    expect(data.evaluated).toBe(45);
    expect(classes.at(-2)).toMatchObject({ name: "star", n: 0 });
  });

  test("a class folder too many", async () => {
    cpSync(join(copy("many"), "star"), join(place("many"), "stellar"), { recursive: true });
    expect(await failure(one, "--data", place("many"))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: .*many: the class "stellar" is not one of the model's/),
    });
  });

  test("a label out of range", async () => {
    const [first, second] = readdirSync(join(shapes, "star")).map((name) => join("star", name));
    const list = join(copy("range"), "list.csv");
    writeFileSync(list, `path,label\n${first},star\n${second},1000\n`);
    expect(await failure(one, "--data", list)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: .*list\.csv: the class "1000" is not one of the model's/),
    });
  });

  test("an unreadable picture: exit 3 and the progress kept, or left out and counted", async () => {
    const data = copy("broken");
    writeFileSync(join(data, "ring", "broken.png"), "not a picture");
    const args = [one, "--data", data, "-b", "8", "-o", out("broken")];
    const { code, stderr } = await failure(...args);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: ring\/broken\.png: not a picture .*\nhint: --on-bad-image skip/m);
    const done =
      readFileSync(join(out("broken"), "progress.jsonl"), "utf8")
        .trim()
        .split("\n").length - 1;
    expect(done).toBe(30);
    const { stdout } = await inception("eval", ...args, "--on-bad-image", "skip");
    expect(stdout).toMatch(/pictures +50 evaluated of 51 listed, 1 unreadable/);
    const { data: counted, speed } = JSON.parse(readFileSync(join(out("broken"), "summary.json"), "utf8"));
    expect(counted).toMatchObject({ listed: 51, evaluated: 50, rejected: [{ name: "ring/broken.png" }] });
    expect(speed.crops).toBe(50 - done);
  });

  test("nothing readable at all", async () => {
    for (const name of readdirSync(shapes).filter((entry) => !entry.includes("."))) {
      mkdirSync(join(place("nothing"), name), { recursive: true });
      writeFileSync(join(place("nothing"), name, "x.png"), "");
    }
    expect(await failure(one, "--data", place("nothing"), "--on-bad-image", "skip")).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: none of the 10 pictures listed could be read\n/m),
    });
  });

  test("models that differ in classes, or are one", async () => {
    const other = join(folder, "bad", "other");
    const [checkpoint] = readdirSync(join(one, "checkpoints"));
    cpSync(join(one, "checkpoints", checkpoint!), other, { recursive: true });
    const manifest = join(other, "manifest.json");
    const { step, files, state } = parseManifest(readFileSync(manifest, "utf8"), manifest);
    const classes = (state.classes as string[]).map((name) => (name === "star" ? "starfish" : name));
    writeFileSync(manifest, formatManifest({ step, files, state: { ...state, classes } }));
    expect(await failure(one, other)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: .*other: class 9 is "starfish", expected "star" as in .*one-1/),
    });
    expect(await failure(one, one)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is given twice/) });
  });

  test("stored results that are none, or together with models", async () => {
    expect(await failure("--from-saved", folder)).toMatchObject({ code: 3 });
    expect(await failure(one, "--from-saved", folder)).toMatchObject({ code: 2 });
    expect(await failure("--from-saved", folder, "--crops", "12")).toMatchObject({ code: 2 });
  });
});

test("--crops-preview draws every crop with a label", async () => {
  const picture = join(shapes, "star", readdirSync(join(shapes, "star"))[0]!);
  const sheet = out("sheet.png");
  const { crops, size } = await json(one, "--crops", "144", "--crops-preview", picture, "-o", sheet);
  expect([crops.length, size]).toEqual([144, 48]);
  const { width, height } = await decodePicture(readFileSync(sheet), sheet);
  // Below the crops a line each for scale and square, the six anchors, and mirrored ones.
  expect([width, height]).toEqual([12 * 52 + 4, 12 * (48 + 4 + 5 + 4) + 4 + 8 * (5 + 4)]);
  expect(await failure(one, "--crops-preview", join(folder, "one.yaml"))).toMatchObject({ code: 3 });
});
