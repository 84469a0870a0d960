// A run from a checkpoint in phases: what each leaves as it is, features once against pictures each time, stopping and going on.
import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkpoint, listCheckpoints, newestCheckpoint, readCheckpoint } from "../../src/checkpoint/store.ts";
import { parseExperiment } from "../../src/config/load.ts";
import type { Experiment } from "../../src/config/schema.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { createRun, openRun, type RunFolder } from "../../src/run/folder.ts";
import { readMetrics } from "../../src/run/metrics.ts";
import { type Reporter, train } from "../../src/train/loop.ts";
import { prepare } from "../../src/train/prepared.ts";
import { runTraining, type Watcher } from "../../src/train/run.ts";
import { fromBeginning, fromRun, type Start } from "../../src/train/start.ts";
import { beginning, openSets, openTraining, phasesOfRun, type Sets } from "../../src/train/training.ts";
import { bits, newFolder, shapes, weightsOf } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const circumstances = { argv: ["train"], versions: {}, dataFingerprint: "abc" };

const fail = (): never => expect.fail("nothing is wrong with these pictures and checkpoints");

/** 64 pictures train and 16 validate; eight steps are an epoch. */
const written = (source: string): string => `recipe: paper
network: { name: googlenet, width: 0.05, stemStride: 1, auxiliary: off }
data: { train: ${source}, validation: { holdOut: 0.2 }, size: 32 }
train: { batch: 8, steps: 3, precision: float32, learningRate: 0.01, optimizer: { name: momentum }, averageDecay: 0.9 }
evaluate: { batch: 16 }
log: { everySteps: 1 }
`;
let source: string;
let base: string;
let tuned: Experiment;
let sets: Sets;
const experimentOf = (...changes: string[]): Experiment =>
  parseExperiment(written(source), "tiny.yaml", changes).experiment;

type Trained = { run: RunFolder; newest: Checkpoint; finished: boolean; computed: number };

/** Trains in a new run, or goes on in that of `before`, and stops when this many steps or features are done. */
async function trained(
  experiment: Experiment,
  { before, steps, features }: { before?: RunFolder; steps?: number; features?: number } = {},
): Promise<Trained> {
  const run = before ? openRun(before.path, circumstances) : createRun(folder, "tiny", "", circumstances);
  const stop = new AbortController();
  let computed = 0;
  const watcher: Watcher = {
    started() {},
    phase() {},
    features(done) {
      computed += 1;
      if (features !== undefined && done >= features) stop.abort();
    },
    step: ({ step }) => void (step === steps && stop.abort()),
    validating() {},
    validated() {},
    saved() {},
    warning() {},
  };
  const { classes } = sets.train;
  const saved = before ? fromRun({ experiment, classes, folder: run, warn: fail }) : undefined;
  const start: Start = saved ?? (await fromBeginning(experiment, classes));
  const { finished } = await runTraining({ experiment, sets, folder: run, start, watcher, stop: stop.signal });
  run.close(0);
  return { run, newest: newestCheckpoint(run.checkpoints)?.checkpoint as Checkpoint, finished, computed };
}
const figures = ({ run }: Trained) => readMetrics(run.metrics).lines.map(({ seconds, waited, ...rest }) => rest);
const after = ({ run }: Trained, step: number): Checkpoint =>
  readCheckpoint(listCheckpoints(run.checkpoints).find((place) => place.step === step)!.path);

let whole: Trained;
beforeAll(async () => {
  source = await shapes(folder);
  const untrained = experimentOf();
  sets = await openSets(untrained);
  base = (await trained(untrained)).run.path;
  tuned = experimentOf(
    `train.from=${base}`,
    "train.headFirst={ epochs: 0.5, views: 2 }",
    "train.rateByDepth={ trunk: 0.1 }",
  );
  whole = await trained(tuned);
});

describe("a run that learns its head first", () => {
  test("ends with both phases done, says where its weights came from, and keeps no features", () => {
    expect(whole).toMatchObject({ finished: true, newest: { step: 7 } });
    expect(figures(whole).flatMap(({ kind, step }) => (kind === "validation" ? [step] : []))).toEqual([4, 7]);
    const { state } = readCheckpoint(tuned.train.from!);
    expect(whole.newest.state.startedFrom).toMatchObject({ path: tuned.train.from, step: 3, kind: "average" });
    expect(whole.newest.state.classes).toEqual(state.classes);
    expect(existsSync(whole.run.features)).toBe(false);
  });

  test("leaves all but the classifier as it was, to the bit, and then everything learns", () => {
    const given = readCheckpoint(tuned.train.from!).files.average as NamedTensors;
    const [head, all] = [weightsOf(after(whole, 4).files), weightsOf(whole.newest.files)];
    expect(head.size).toBe(given.size);
    for (const [name, { data }] of given) {
      if (name.startsWith("Logits/dense/")) expect(head.get(name)!.data, name).not.toEqual(data);
      else expect(head.get(name)!.data, name).toEqual(data);
      expect(all.get(name)!.data, name).not.toEqual(head.get(name)!.data);
    }
  });

  test.each([
    { what: "while features are computed", stop: { features: 40 }, at: 0 },
    { what: "in the first phase", stop: { steps: 2 }, at: 2 },
    { what: "between the phases", stop: { steps: 4 }, at: 4 },
    { what: "in the second phase", stop: { steps: 5 }, at: 5 },
  ])("goes on to the same last bit when it was stopped $what", async ({ stop, at }) => {
    const stopped = await trained(tuned, stop);
    expect([stopped.finished, stopped.newest?.step]).toEqual([false, at]);
    const later = await trained(tuned, { before: stopped.run });
    expect(later.finished).toBe(true);
    expect(bits(later.newest.files)).toEqual(bits(whole.newest.files));
    expect(figures(later)).toEqual(figures(whole));
    expect(later.newest.state.startedFrom).toEqual(whole.newest.state.startedFrom);
    // What lies beside the run is not computed again.
    if (at === 2) expect(later.computed).toBe(0);
  });
});

test("features computed once give the losses of pictures read in each step, up to rounding", async () => {
  const still = ["augment.crop=none", "augment.flip=false", "augment.color=off", "train.steps=10"];
  const experiment = experimentOf(`train.from=${base}`, "train.freeze=trunk", ...still);
  const [phase] = phasesOfRun(experiment, sets);
  expect(phase!.views).toBe(1);
  const losses = async (views: number): Promise<number[]> => {
    const run = await openTraining(experiment, sets, { ...phase!, views });
    const told: number[] = [];
    const stop = new AbortController().signal;
    const paths = { features: `${folder}/features-${views}` };
    const report: Reporter = {
      step: ({ loss }) => void told.push(loss),
      validating() {},
      validated: (_position, { raw, average }) => void told.push(raw.loss, average!.loss),
      save() {},
      bad: fail,
    };
    await run.trainer.begin(await fromBeginning(experiment, sets.train.classes));
    const prepared = (await prepare(run, { folder: paths, onBad: fail, onFeatures() {}, stop }))!;
    await train(prepared.training, beginning, report, stop);
    prepared.close();
    await run.close();
    return told;
  };
  const [once, each] = [await losses(1), await losses(0)];
  expect(once).toHaveLength(14);
  for (const [i, loss] of once.entries()) expect(loss).toBeCloseTo(each[i]!, 4);
  expect(new Set(once).size).toBe(14);
});
