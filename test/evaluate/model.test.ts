// A model opened from a run or a checkpoint: which one, which weights, and what is said where there is none.
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointName, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { experimentSchema } from "../../src/config/schema.ts";
import { UserError } from "../../src/errors.ts";
import { openModel } from "../../src/evaluate/model.ts";
import { beginning, checkpointState, type Training } from "../../src/train/training.ts";
import { tensorsFor } from "../checkpoint/suitable.ts";

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "inception-model-"));
});
afterEach(() => rmSync(run, { recursive: true }));

const experiment = experimentSchema.parse({
  network: { name: "inception-v3", width: 0.01, auxiliary: "off" },
  data: { train: "x", size: 96 },
  evaluate: { preset: "timm" },
});
const training = {
  experiment,
  network: { ...experiment.network, classes: 2 },
  sets: { train: { classes: ["cat", "dog"], fingerprint: "t" }, validation: { fingerprint: "v" } },
  length: { stepsPerEpoch: 10, steps: 100 },
} as unknown as Training;

/** Weights are the step, averaged ones 1000 more. */
function save(step: number, { best, average = true }: { best?: number; average?: boolean } = {}): string {
  const state = checkpointState(training, {
    step,
    best: best === undefined ? null : { step: best, top1: 0.5 },
    validated: step,
  });
  const tensors = (value: number) => tensorsFor(state, value);
  return writeCheckpoint(join(run, "checkpoints"), {
    step,
    files: {
      weights: tensors(step),
      optimizer: tensorsFor(state, 0, "momentum/"),
      ...(average && { average: tensors(1000 + step) }),
    },
    state,
  });
}
const pathOf = (step: number): string => join(run, "checkpoints", checkpointName(step));
const open = (path: string, choice: Partial<Parameters<typeof openModel>[1]> = {}) =>
  openModel(path, { which: "last", raw: false, ...choice });
const weightOf = (model: ReturnType<typeof open>): number => [...model.weights.values()][0]!.data[0]!;
const errorOf = (path: string): UserError => {
  try {
    open(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error("expected an error");
};

test("imported weights by their name, published ones by any of theirs; a folder of the name comes first", () => {
  vi.stubEnv("XDG_CACHE_HOME", join(run, "cache"));
  save(7);
  const imported = join(run, "cache", "inception", "weights", "googlenet-torchvision");
  const hints = (name: string) => errorOf(name).hint;
  expect(hints("googlenet")).toBe("inception weights get googlenet-torchvision");
  expect(hints("nobodys")).toMatch(/^give a folder/);
  cpSync(join(run, "checkpoints"), join(imported, "checkpoints"), { recursive: true });
  for (const name of ["googlenet", "googlenet-torchvision", run]) expect(open(name).step, name).toBe(7);
  vi.unstubAllEnvs();
});

test("a run's newest checkpoint, with the network and the preprocessing that it was trained with", () => {
  for (const step of [10, 9, 100]) save(step);
  const model = open(run);
  expect(model).toMatchObject({ path: pathOf(100), step: 100, kind: "average", classes: ["cat", "dog"] });
  expect(model).toMatchObject({ size: 96, preset: "timm", options: { name: "inception-v3", width: 0.01, classes: 2 } });
  expect(model.experiment).toEqual(experiment);
  expect(weightOf(model)).toBe(1100);
});

test("JPEGs are reduced as in training, unless something else is asked for", () => {
  save(1);
  expect(open(run).preprocessing.jpegReduction).toBe("auto");
  expect(open(run, { jpegReduction: "off" }).preprocessing.jpegReduction).toBe("off");
  const { data } = experimentSchema.parse({ data: { train: "x", jpegReduction: "off" } });
  const state = checkpointState({ ...training, experiment: { ...experiment, data } }, beginning);
  expect(state.preprocessing).toMatchObject({ jpegReduction: "off" });
});

test("a checkpoint is chosen where it is the best of a run, and not as the newest or by its own path", () => {
  save(1);
  expect(open(run, { which: "best" }).chosen).toBe(false);
  save(2, { best: 1 });
  expect(open(run, { which: "best" })).toMatchObject({ step: 1, chosen: true });
  expect(open(run, { which: "last" }).chosen).toBe(false);
  expect(open(pathOf(1), { which: "best" }).chosen).toBe(false);
  save(3, { best: 3 });
  expect(open(run, { which: "best" })).toMatchObject({ step: 3, chosen: true });
});

test("raw weights are taken where they are asked for, or where there are no others", () => {
  save(1);
  expect(open(run, { raw: true })).toMatchObject({ kind: "raw" });
  expect(weightOf(open(run, { raw: true }))).toBe(1);
  save(2, { average: false });
  expect(open(run)).toMatchObject({ kind: "raw", step: 2 });
  expect(weightOf(open(run))).toBe(2);
});

describe("the best", () => {
  test("is the one that the newest names", () => {
    save(5, { best: 5 });
    save(8, { best: 5 });
    expect(open(run, { which: "best" })).toMatchObject({ step: 5, path: pathOf(5) });
    expect(open(run)).toMatchObject({ step: 8 });
  });
  test("is the newest where it is the best itself, and where none was validated", () => {
    save(5);
    expect(open(run, { which: "best" }).step).toBe(5);
    save(6, { best: 6 });
    expect(open(run, { which: "best" }).step).toBe(6);
  });
});

test("a checkpoint is opened by its own path, whatever is newer", () => {
  save(5);
  save(8);
  expect(open(pathOf(5))).toMatchObject({ path: pathOf(5), step: 5 });
});

test("a damaged checkpoint is told and passed over; opened by its path it is an error", () => {
  save(5);
  save(8);
  appendFileSync(join(pathOf(8), "weights.safetensors"), "x");
  const broken: string[] = [];
  expect(open(run, { onBroken: ({ message }) => void broken.push(message) }).step).toBe(5);
  expect(broken).toHaveLength(1);
  expect(broken[0]).toContain(pathOf(8));
  expect(errorOf(pathOf(8)).reason).toBe("checkpoint");
});

test("where nothing lies, the sentence says what was looked for", () => {
  for (const path of [run, join(run, "nowhere")]) {
    const error = errorOf(path);
    expect(error.reason).toBe("checkpoint");
    expect(error.message).toContain(`${path} is neither`);
    expect(error.hint).toBeTruthy();
  }
});
