// Training in a run folder: what each start writes, stopping and going on, and the warning where the arithmetic differs.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkpoint, listCheckpoints, newestCheckpoint } from "../../src/checkpoint/store.ts";
import type { Experiment } from "../../src/config/schema.ts";
import { openModel } from "../../src/evaluate/model.ts";
import { createRun, openRun, type RunFolder } from "../../src/run/folder.ts";
import { readMetrics } from "../../src/run/metrics.ts";
import { arithmetic } from "../../src/runtime/arithmetic.ts";
import { runTraining, type TrainingResult, type Watcher } from "../../src/train/run.ts";
import { fromRun, fromSeed, type Start } from "../../src/train/start.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { bits, experimentOn, newFolder, shapes, weightsOf } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const circumstances = { argv: ["train"], versions: {}, dataFingerprint: "abc" };

let experiment: Experiment;
let sets: Sets;
beforeAll(async () => {
  experiment = experimentOn(await shapes(folder));
  sets = await openSets(experiment);
});

type Trained = Pick<TrainingResult, "finished" | "stoppedEarly"> & {
  run: RunFolder;
  from: number;
  warnings: string[];
  newest: Checkpoint;
};

/** Trains in a new run, or in that of `before`, and stops after `steps`. */
async function trained(
  startOf: (run: RunFolder, warn: (text: string) => void) => Start,
  { before, steps, sets: changes = [] }: { before?: RunFolder; steps?: number; sets?: string[] } = {},
): Promise<Trained> {
  const run = before ? openRun(before.path, circumstances) : createRun(folder, "tiny", "", circumstances);
  const stop = new AbortController();
  const warnings: string[] = [];
  let from = -1;
  const watcher: Watcher = {
    started: (_run, { step }) => {
      from = step;
    },
    step: ({ step }) => {
      if (step === steps) stop.abort();
    },
    phase() {},
    features() {},
    validating() {},
    validated() {},
    saved() {},
    warning: (text) => warnings.push(text),
  };
  const start = startOf(run, watcher.warning);
  const settings = changes.length > 0 ? experimentOn(experiment.data.train, ...changes) : experiment;
  const { finished, stoppedEarly } = await runTraining({
    experiment: settings,
    sets,
    folder: run,
    start,
    watcher,
    stop: stop.signal,
  });
  run.close(0);
  return { run, from, warnings, finished, stoppedEarly, newest: newestCheckpoint(run.checkpoints)!.checkpoint };
}
const seeded = (): Start => fromSeed(experiment);
const resumed = (run: RunFolder, warn: (text: string) => void): Start =>
  fromRun({ experiment, classes: sets.train.classes, folder: run, warn });
const figures = ({ run }: Trained) => readMetrics(run.metrics).lines.map(({ seconds, waited, ...rest }) => rest);

let whole: Trained;
let stopped: Trained;
beforeAll(async () => {
  whole = await trained(seeded);
  stopped = await trained(seeded, { steps: 1 });
});

describe("a run from the seed", () => {
  test("ends with its last step saved, and has a line for every step", () => {
    const warnings = [expect.stringMatching(/^3 steps are too few to learn much in; /)];
    expect(whole).toMatchObject({ from: 0, finished: true, warnings, newest: { step: 3 } });
    const steps = figures(whole).flatMap(({ kind, step }) => (kind === "train" ? [step] : []));
    expect(steps).toEqual([1, 2, 3]);
  });

  test("says in its checkpoint what decides its last bits", () => {
    expect(whole.newest.state.arithmetic).toEqual(arithmetic("float32"));
  });
});

describe("a run that was stopped", () => {
  test("goes on to the same last bit, figures and all", async () => {
    expect(stopped).toMatchObject({ finished: false, newest: { step: 1 } });
    const later = await trained(resumed, { before: stopped.run });
    expect(later).toMatchObject({ from: 1, finished: true, warnings: [] });
    expect(bits(later.newest.files)).toEqual(bits(whole.newest.files));
    expect(figures(later)).toEqual(figures(whole));
  });

  test("before its last validation is not finished, and makes up for it", async () => {
    const before = await trained(seeded, { steps: 3 });
    expect(before).toMatchObject({ finished: false, newest: { step: 3, state: { validated: 0 } } });
    const later = await trained(resumed, { before: before.run });
    expect(later).toMatchObject({ from: 3, finished: true, newest: { step: 3, state: { validated: 3 } } });
    expect(bits(later.newest.files)).toEqual(bits(whole.newest.files));
    expect(figures(later)).toEqual(figures(whole));
  });

  test("before it began opens no engine and saves nothing", async () => {
    const run = createRun(folder, "early", "", circumstances);
    const told = (): never => expect.fail("nothing is to be told");
    const watcher: Watcher = {
      ...{ started: told, step: told, phase: told, features: told },
      ...{ validating: told, validated: told, saved: told, warning: told },
    };
    const common = { experiment, sets, folder: run, start: seeded(), watcher };
    const early = await runTraining({ ...common, stop: AbortSignal.abort() });
    expect(early).toMatchObject({ finished: false, position: { step: 0 } });
    expect(listCheckpoints(run.checkpoints)).toEqual([]);
    run.close(75);
  });

  test("goes on to the same last bit with every variation on, too", async () => {
    const changes = [
      "train.steps=4",
      "train.classWeights=auto",
      "data.sampling=balanced",
      "augment.trivialAugment=true",
      "augment.erase={ probability: 0.7, fill: noise }",
      "augment.mix={ name: either, mixupAlpha: 1 }",
      "evaluate.fit=letterbox",
    ];
    const settings = experimentOn(experiment.data.train, ...changes);
    const { classes } = sets.train;
    const straight = await trained(seeded, { sets: changes });
    const half = await trained(seeded, { sets: changes, steps: 2 });
    expect(half).toMatchObject({ finished: false, newest: { step: 2 } });
    const later = await trained((run, warn) => fromRun({ experiment: settings, classes, folder: run, warn })!, {
      before: half.run,
      sets: changes,
    });
    expect(later).toMatchObject({ from: 2, finished: true, newest: { step: 4 } });
    expect(bits(later.newest.files)).toEqual(bits(straight.newest.files));
    expect(figures(later)).toEqual(figures(straight));
    expect(straight.newest.state.preprocessing).toMatchObject({ fit: "letterbox" });
  });

  test("has nothing to go on from where nothing was saved yet", () => {
    const run = createRun(folder, "empty", "", circumstances);
    const { classes } = sets.train;
    expect(() => fromRun({ experiment, classes, folder: run, warn: () => {} })).toThrow(
      expect.objectContaining({
        reason: "checkpoint",
        message: `${run.path} ended before its first checkpoint: there is nothing to resume`,
      }),
    );
    run.close(0);
  });

  test("is refused by another experiment and by other classes, which are named", () => {
    const other = experimentOn(experiment.data.train, "train.learningRate=0.5");
    const common = { folder: whole.run, classes: sets.train.classes, warn: () => {} };
    expect(() => fromRun({ ...common, experiment: other })).toThrow(
      /another experiment; different: train.learningRate$/,
    );
    const classes = ["a", ...sets.train.classes.slice(1)];
    expect(() => fromRun({ ...common, experiment, classes })).toThrow(/different: the classes of the data$/);
  });

  test("goes on with what may drift: keys and pictures that are named, and no others", () => {
    const experiment = experimentOn(sets.train.path, "train.learningRate=0.5", "train.batch=4");
    const with_ =
      (...drift: string[]) =>
      () =>
        fromRun({
          ...{ experiment, classes: sets.train.classes, validation: "other", folder: whole.run, warn: () => {} },
          drift: new Set(drift),
        });
    expect(with_("train.batch")).toThrow(/different: train.learningRate, the pictures it is validated on$/);
    expect(with_("train.batch")).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/: --allow-drift train.learningRate --allow-drift pictures$/),
      }),
    );
    expect(with_("train.batch", "train.learningRate", "pictures")()).toMatchObject({ checkpoint: { step: 3 } });
  });
});

describe("a run out of patience", () => {
  const still = (patience: number | null): string[] => [
    ...["train.steps=4", "train.learningRate=1e-30", "evaluate.everyEpochs=0.125", `train.patience=${patience}`],
  ];
  test("is finished, says so, and has kept its best weights; without patience it goes on to its length", async () => {
    const early = await trained(seeded, { sets: still(1) });
    const best = early.newest.state.best as { step: number };
    expect(early).toMatchObject({ finished: true, stoppedEarly: true });
    expect(early.newest.step).toBe(best.step + 1);
    expect(listCheckpoints(early.run.checkpoints).map(({ step }) => step)).toContain(best.step);
    expect(openModel(early.run.path, { which: "best", raw: false })).toMatchObject({ step: best.step, chosen: true });

    const without = experimentOn(experiment.data.train, ...still(null));
    const start = (run: RunFolder) =>
      fromRun({ experiment: without, classes: sets.train.classes, folder: run, warn: () => {} })!;
    const later = await trained(start, { before: early.run, sets: still(null) });
    expect(later).toMatchObject({ from: early.newest.step, finished: true, stoppedEarly: false, newest: { step: 4 } });
  });
});

describe("a checkpoint of another arithmetic", () => {
  const changed = (state: object): Start => ({
    from: "checkpoint",
    checkpoint: { ...stopped.newest, state: { ...stopped.newest.state, ...state } },
  });
  test("goes on with one warning that names what differs, from and to", async () => {
    const before = { ...arithmetic("float32"), threads: 64, features: "", tensorflow: "2.9.1" };
    const now = arithmetic("float32");
    const { warnings, finished, newest } = await trained(() => changed({ arithmetic: before }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`tensorflow 2.9.1 -> ${now.tensorflow}, threads 64 -> ${now.threads}`);
    expect(warnings[0]).toContain(`features none -> ${now.features || "none"}`);
    expect(warnings[0]).not.toMatch(/kernels|processor|precision/);
    expect(finished).toBe(true);
    expect(newest.state.arithmetic).toEqual(now);
  });

  test("is no matter where an older checkpoint does not say which", async () => {
    expect((await trained(() => changed({ arithmetic: undefined }))).warnings).toEqual([]);
  });
});

describe("a run from weights", () => {
  test("is new: step 0, their figures, and every step of its own", async () => {
    const rate = ["train.learningRate=1e-30"];
    const given = weightsOf(whole.newest.files);
    const tuned = await trained(() => ({ from: "weights", weights: given }), { sets: rate });
    expect(tuned).toMatchObject({ from: 0, finished: true, newest: { step: 3 } });
    for (const [name, { data }] of weightsOf(tuned.newest.files))
      if (!/moving/.test(name)) expect(data, name).toEqual(given.get(name)!.data);
  });
});
