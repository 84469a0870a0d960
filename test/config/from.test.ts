// An experiment that starts from trained weights: what it takes from them, what contradicts them, and where they are looked for.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type CheckpointState, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { parseExperiment } from "../../src/config/load.ts";
import { toYaml } from "../../src/config/write.ts";
import { bnInception } from "../network/examples.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-from-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const network = { ...bnInception, classes: 2, width: 0.5, dropout: 0.1 };
const pixels = { order: "BGR", scale: 1, mean: [104, 117, 123], deviation: [1, 1, 1] };
const preprocessing = { size: 96, preset: "torchvision", fit: "squash", ...pixels, background: true };
const save = (where: string, step: number, best: object | null = null, more: object = {}): string =>
  writeCheckpoint(where, {
    step,
    files: { weights: new Map([["w", { shape: [1], data: Float32Array.of(step) }]]) },
    state: { network, preprocessing: { ...preprocessing, ...more }, classes: ["a", "b"], best } as CheckpointState,
  });

let checkpoint: string;
let run: string;
beforeAll(() => {
  checkpoint = save(join(folder, "alone"), 7);
  run = join(folder, "run");
  save(join(run, "checkpoints"), 5);
  save(join(run, "checkpoints"), 9, { step: 5, top1: 0.5 });
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  save(join(folder, "cache", "inception", "weights", "known"), 0);
});

const file = join(folder, "tune.yaml");
const parse = (text: string, ...sets: string[]) =>
  parseExperiment(`data: { train: photos }\n${text}`, file, sets).experiment;
const from = (name: string) => `train: { from: ${name} }`;

test("network, size, pixels and preset are the weights', and switches that hold none may be others", () => {
  const { network: own, data, evaluate, train } = parse(from(checkpoint));
  const { classes: _, ...options } = network;
  expect(own).toMatchObject(options);
  expect([data.size, data.pixels, evaluate.preset, train.from]).toEqual([96, pixels, "torchvision", checkpoint]);
  expect(evaluate.fit).toBe("squash");
  const other = parse(`${from(checkpoint)}\nnetwork: { dropout: 0.4 }\nevaluate: { preset: timm }`, "data.size=128");
  expect([other.network, other.data.size, other.evaluate.preset]).toMatchObject([
    { ...options, dropout: 0.4 },
    128,
    "timm",
  ]);
});

describe("weights are found", () => {
  test("as a checkpoint, the best of a run, and imported ones by name, beside the file or from where it runs", () => {
    expect(parse("", `train.from=${run}`).train.from).toBe(join(run, "checkpoints", "step-000000005"));
    expect(parse(from("run")).train.from).toBe(join(run, "checkpoints", "step-000000005"));
    expect(parse(from("known")).train.from).toMatch(/weights\/known\/step-000000000$/);
  });

  test("or it is said what there is", () => {
    expect(() => parse(from("knwn"))).toThrow(
      /tune.yaml:2:16: train.from: knwn is no run, checkpoint or imported weights; did you mean known\?; imported: known$/,
    );
    mkdirSync(join(folder, "empty"));
    expect(() => parse(from("empty"))).toThrow(/train.from: empty is no run/);
  });

  test("no more in a run's own experiment, which says everything itself", () => {
    const gone = save(join(folder, "gone"), 1);
    const text = toYaml(parse(from(gone)));
    rmSync(gone, { recursive: true });
    expect(parseExperiment(text, file).experiment.train.from).toBe(gone);
    expect(() => parse(from(gone))).toThrow(/is no run/);
  });
});

test("what contradicts the weights is one sentence with the place", () => {
  expect(() => parse(from(checkpoint), "network.width=1")).toThrow(
    "--set network.width: expected 0.5, which the weights of train.from were trained with, got 1",
  );
  expect(() => parse(from(checkpoint), "network.name=inception-v3")).toThrow(
    /^--set network.name: expected "bn-inception", which [^\n]*, got "inception-v3"$/,
  );
  expect(() => parse(`${from(checkpoint)}\n`, "data.pixels={order: RGB}")).toThrow(/pixels.order: expected "BGR"/);
});

test("layers to freeze and rates have to mean some of the network's", () => {
  const problem =
    (...sets: string[]) =>
    () =>
      parse(from(checkpoint), ...sets);
  expect(problem("train.freeze=Mixed_9z")).toThrow(/no layer of bn-inception is called Mixed_9z; did you mean Mixed_/);
  expect(problem("train.freeze=[trunk, through Mixed_5z]")).toThrow(/is called Mixed_5z/);
  expect(problem("train.rateByDepth={Logit: 2}")).toThrow(
    /train.rateByDepth: no layer .* called Logit; did you mean Logits/,
  );
  expect(problem("train.freeze=['**']")).toThrow(/train.freeze: leaves nothing to learn/);
  expect(parse(from(checkpoint), "train.freeze=trunk", "train.rateByDepth={trunk: 0.1}").train).toMatchObject({
    freeze: "trunk",
    rateByDepth: { trunk: 0.1 },
  });
});

test("a checkpoint of a newer version, which sees pictures in a way that is not known here, is refused in one sentence", () => {
  const newer = save(join(folder, "newer"), 1, null, { gamma: 2.2 });
  expect(() => parse(from(newer))).toThrow(
    expect.objectContaining({
      exitCode: 6,
      message: `${join(newer, "manifest.json")}: state.preprocessing: Unrecognized key: "gamma"`,
      hint: "a newer version of inception has written it",
    }),
  );
});
