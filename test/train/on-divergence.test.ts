// A run that diverges: it goes back and on at a lower rate, or skips the step, the same wherever it was interrupted; or it ends.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { listCheckpoints, newestCheckpoint } from "../../src/checkpoint/store.ts";
import { UserError } from "../../src/errors.ts";
import { createRun, openRun, type RunFolder } from "../../src/run/folder.ts";
import { readMetrics } from "../../src/run/metrics.ts";
import { runTraining, type Watcher } from "../../src/train/run.ts";
import { fromRun, fromSeed } from "../../src/train/start.ts";
import type { Rates, Trainer } from "../../src/train/trainer.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { bits, experimentOn, newFolder, shapes } from "./support.ts";

/** Where a trainer without TensorFlow diverges; its one weight follows from all pictures and rates that it has seen. */
const fault = vi.hoisted(() => ({ at: (_: Rates): boolean => false }));
vi.mock("../../src/train/trunk.ts", () => ({
  startTrainer: async (): Promise<Trainer> => {
    const tensors = (value: number) => new Map([["a/kernel", { shape: [1], data: Float32Array.of(value) }]]);
    let weight = 1;
    return {
      begin: async (start) => {
        weight = start.from === "checkpoint" ? Number(start.checkpoint.files.weights.get("a/kernel")!.data[0]) : 1;
      },
      async step([batch], rates) {
        const figures = { loss: weight, auxiliaryLoss: 0, correct: 0, regularization: 0, gradientNorm: 1 };
        if (fault.at(rates)) return { ...figures, loss: Number.NaN };
        const sum = batch!.images.reduce((sum, byte, i) => (sum * 31 + byte * i) % 1009, 7);
        weight = Math.fround(weight + rates.learningRate * sum);
        return figures;
      },
      firstOverflow: async () => undefined,
      save: async () => ({ weights: tensors(weight), optimizer: new Map() }),
      close: async () => {},
    };
  },
}));
/** That weight suits no network. */
vi.mock("../../src/checkpoint/suitable.ts", async (original) => ({
  ...(await original<typeof import("../../src/checkpoint/suitable.ts")>()),
  readSuitable: (await import("../../src/checkpoint/store.ts")).readCheckpoint,
}));
vi.mock("../../src/evaluate/evaluator.ts", async (original) => ({
  ...(await original<typeof import("../../src/evaluate/evaluator.ts")>()),
  startEvaluator: async (_: unknown, { batch }: { batch: number }) => ({
    batch,
    load: async () => {},
    logits: async () => Array.from({ length: batch }, () => new Float32Array(10)),
    close: async () => {},
  }),
}));

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let source: string;
let sets: Sets;
const rate = 0.01;
const experimentOf = (...changes: string[]) =>
  experimentOn(
    source,
    ...["train.steps=5", `train.learningRate=${rate}`, "train.schedule={ name: constant }"],
    ...["checkpoint.everySteps=2", "checkpoint.keep=1", "train.onDivergence={ name: rollback, times: 2 }"],
    ...changes,
  );
beforeAll(async () => {
  source = await shapes(folder);
  sets = await openSets(experimentOf());
});
beforeEach(() => {
  fault.at = () => false;
});
/** Diverges in this step while the rate is above that. */
const divergesAt = (step: number, above = 0.9 * rate): void => {
  fault.at = ({ update, learningRate }) => update === step && learningRate > above;
};

const circumstances = { argv: [], versions: {}, dataFingerprint: "" };
type Trained = { run: RunFolder; warnings: string[]; steps: number[]; error: unknown };

/** In a new run or in that of `before`; stops when so many steps have been told in this sitting. */
async function trained(
  before?: RunFolder,
  stopAfter = Number.POSITIVE_INFINITY,
  ...changes: string[]
): Promise<Trained> {
  const experiment = experimentOf(...changes);
  const run = before ? openRun(before.path, circumstances) : createRun(folder, "tiny", "", circumstances);
  const stop = new AbortController();
  const [warnings, steps]: [string[], number[]] = [[], []];
  const watcher: Watcher = {
    ...{ started() {}, phase() {}, features() {}, validating() {}, validated() {}, saved() {} },
    step: ({ step }) => void (steps.push(step) >= stopAfter && stop.abort()),
    warning: (text) => warnings.push(text),
  };
  const start = before
    ? fromRun({ experiment, classes: sets.train.classes, folder: run, warn: expect.fail })
    : fromSeed(experiment);
  const error = await runTraining({ experiment, sets, folder: run, start, watcher, stop: stop.signal }).then(
    () => undefined,
    (error: unknown) => error,
  );
  run.close(0);
  return { run, warnings, steps, error };
}
const newest = ({ run }: Trained) => newestCheckpoint(run.checkpoints)!.checkpoint;
const figures = ({ run }: Trained) => readMetrics(run.metrics).lines.map(({ seconds, waited, ...rest }) => rest);
const ratesOf = (one: Trained) =>
  figures(one).flatMap(({ kind, learningRate }) => (kind === "train" ? [learningRate] : []));

let whole: Trained;
beforeAll(async () => {
  divergesAt(4);
  whole = await trained();
});

test("it goes back to the last checkpoint, says so, and on at half the rate; steps and lines of before are gone", () => {
  expect(whole.error).toBeUndefined();
  expect(whole.steps).toEqual([1, 2, 3, 3, 4, 5]);
  const said = whole.warnings.filter((text) => text.includes("back to"));
  expect(said).toEqual([
    expect.stringMatching(
      /^step 4 gave a loss or gradient that is not finite, though all that its layers hold and give is finite; its 8 pictures: .*; back to step 2, with rates times 0.5 from there \(1 of 2\)$/,
    ),
  ]);
  expect(ratesOf(whole)).toEqual([rate, rate, rate / 2, rate / 2, rate / 2]);
  expect(newest(whole)).toMatchObject({ step: 5, state: { rollbacks: { times: 1, to: 2, rate: 0.5 } } });
});

test.each([
  { what: "before it diverged, where only the stop saved", after: 3 },
  { what: "when it had gone back", after: 4 },
])("stopped $what, it goes on to the same last bit", async ({ after }) => {
  divergesAt(4);
  const stopped = await trained(undefined, after);
  expect(newest(stopped).step).toBe(3);
  expect(listCheckpoints(stopped.run.checkpoints).map(({ step }) => step)).toEqual([3, 2]);
  const later = await trained(stopped.run);
  expect(later.error).toBeUndefined();
  expect(bits(newest(later).files)).toEqual(bits(newest(whole).files));
  expect(figures(later)).toEqual(figures(whole));
  expect(newest(later).state.rollbacks).toEqual({ times: 1, to: 2, rate: 0.5 });
});

test("it goes back to its beginning where there is no checkpoint, which then says so", async () => {
  divergesAt(2);
  const stopped = await trained(undefined, 2);
  expect(newest(stopped)).toMatchObject({ step: 1, state: { rollbacks: { times: 1, to: 0, rate: 0.5 } } });
  expect(stopped.steps).toEqual([1, 1]);
  expect(listCheckpoints(stopped.run.checkpoints).map(({ step }) => step)).toEqual([1, 0]);
  const later = await trained(stopped.run);
  expect(later.error).toBeUndefined();
  expect(ratesOf(later)).toEqual(Array(5).fill(rate / 2));
});

test.each([
  { keep: 3, steps: [1, 2, 3, 3, 4, 5], to: 2 },
  // What was before the oldest is gone.
  { keep: 1, steps: [1, 2, 3, 4, 5], to: 3 },
])("where it gets no further it goes back one more, if there is one: keep $keep", async ({ keep, steps, to }) => {
  divergesAt(4, 0.3 * rate);
  const done = await trained(undefined, undefined, "checkpoint.everySteps=1", `checkpoint.keep=${keep}`);
  expect(done.error).toBeUndefined();
  expect(done.steps).toEqual(steps);
  expect(newest(done).state.rollbacks).toEqual({ times: 2, to, rate: 0.25 });
});

test("having done so often enough it ends, and so does a run that is not told to", async () => {
  divergesAt(4, 0);
  const ended = await trained();
  expect(ended.steps).toEqual([1, 2, 3, 3, 1, 2, 3]);
  expect(ended.error).toBeInstanceOf(UserError);
  expect(ended.error).toMatchObject({
    exitCode: 4,
    hint: expect.stringContaining(`--set train.learningRate=${rate / 8}`),
  });
  expect(newest(ended)).toMatchObject({ step: 2, state: { rollbacks: { times: 2, to: 0, rate: 0.25 } } });

  divergesAt(4);
  const plain = await trained(undefined, undefined, "train.onDivergence={ name: stop }");
  expect(plain.error).toMatchObject({ exitCode: 4, hint: expect.stringContaining(`--resume ${plain.run.path}`) });
  expect(newest(plain).state.rollbacks).toBeUndefined();
  const later = await trained(plain.run);
  expect(bits(newest(later).files)).toEqual(bits(newest(whole).files));
});

test("a step that is skipped instead is warned of, has a line, and is counted to the end, stopped or not", async () => {
  const skip = ["train.onDivergence={ name: skip-batch }", "log.everySteps=5"];
  divergesAt(3);
  const straight = await trained(undefined, undefined, ...skip);
  expect(straight.warnings).toContain("step 3 gave a loss or gradient that is not finite: skipped (1)");
  const lines = figures(straight).filter(({ kind }) => kind === "train");
  expect(lines).toMatchObject([
    { step: 3, loss: "NaN", skipped: 1 },
    { step: 5, loss: expect.any(Number), skipped: 1 },
  ]);
  expect(newest(straight).state.skipped).toEqual({ inRow: 0, total: 1 });

  const stopped = await trained(undefined, 3, ...skip);
  expect(newest(stopped)).toMatchObject({ step: 3, state: { skipped: { inRow: 1, total: 1 } } });
  const later = await trained(stopped.run, undefined, ...skip);
  expect(bits(newest(later).files)).toEqual(bits(newest(straight).files));
  expect(figures(later)).toEqual(figures(straight));
});
