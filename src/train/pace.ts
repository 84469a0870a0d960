// How fast an experiment trains here: its own programs at work on its own pictures for a while, of which nothing is kept.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeCheckpoint } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { evaluate } from "../evaluate/evaluator.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Batch } from "../images/batches.ts";
import { explainIoError } from "../io-error.ts";
import { microBatches, rates } from "./loop.ts";
import type { Phase } from "./phases.ts";
import { decodedPictures, type Pictures } from "./pictures.ts";
import { kernelsOfTraining } from "./run-kernels.ts";
import { fromSeed } from "./start.ts";
import { beginning, checkpointState, type OpenedTraining, openTraining, phasesOfRun, type Sets } from "./training.ts";

/** Seconds in one phase. */
export type Pace = {
  /** To open the programs, for the first step and for the first batch of a validation. */
  readonly start: number;
  /** Of a step after that, with the waiting for its pictures. */
  readonly step: number;
  /** To compute the features of one picture; 0 where each step sees the pictures themselves. */
  readonly feature: number;
  /** Of a whole validation; 0 where it is on features. */
  readonly validation: number;
  /** To save a checkpoint. */
  readonly save: number;
};

export type PaceOptions = {
  readonly experiment: Experiment;
  readonly sets: Sets;
  /** A checkpoint is tried below it, and taken away again. */
  readonly output: string;
  /** Seconds to measure for. */
  readonly seconds: number;
  readonly stop: AbortSignal;
};

/** Of each phase; undefined where the signal stopped it. A picture that cannot be read counts like the others: to say so is the training's business. */
export async function measurePaces(options: PaceOptions): Promise<Pace[] | undefined> {
  const phases = phasesOfRun(options.experiment, options.sets);
  const paces: Pace[] = [];
  for (const phase of phases) {
    const pace = await measurePace({ ...options, seconds: options.seconds / phases.length }, phase);
    if (pace === undefined) return undefined;
    paces.push(pace);
  }
  return paces;
}

async function measurePace(
  { experiment, sets, output, seconds, stop }: PaceOptions,
  phase: Phase,
): Promise<Pace | undefined> {
  const began = performance.now();
  const run = await openTraining(experiment, sets, phase, await kernelsOfTraining(experiment, sets));
  try {
    await run.trainer.begin(fromSeed(experiment));
    const pictures = decodedPictures(run);
    const steps = await timeSteps(run, pictures, { began, seconds, stop });
    if (stop.aborted || steps === undefined) return undefined;
    const looked =
      phase.views > 0
        ? { start: 0, validation: 0 }
        : await timeValidation(run, pictures, { seconds: seconds / 2, stop });
    if (stop.aborted) return undefined;
    const { validation } = looked;
    return { ...steps, start: steps.start + looked.start, validation, save: await timeSave(run, output) };
  } finally {
    await run.close();
  }
}

/** Batches that are decoded ahead: the steps before have them without waiting. */
const ready = 4;
const leastMeasured = 4;

type Window = { readonly seconds: number; readonly stop: AbortSignal };

async function timeSteps(
  run: OpenedTraining,
  pictures: Pictures,
  { began, seconds, stop }: Window & { began: number },
): Promise<Pick<Pace, "start" | "step" | "feature"> | undefined> {
  const { experiment, trainer, phase } = run;
  const { trunk } = phase.views > 0 ? trainer : {};
  const takeStep = async (batch: Batch): Promise<number> => {
    const given = microBatches(run, batch.index, batch);
    // No weight changes, so that none can overflow.
    const now = { ...rates(run, phase.first), learningRate: 0 };
    if (!trunk) return trainer.step(given, now).then(() => performance.now());
    const read = [];
    for (const one of given) read.push({ ...one, images: await trunk.features(one.images) });
    const seen = performance.now();
    await trunk.fromFeatures.step(read, now);
    return seen;
  };
  let [start, last, done] = [Number.NaN, began, 0];
  const spans: { feature: number; step: number }[] = [];
  for await (const batch of pictures.training(0, Number.POSITIVE_INFINITY, () => {})) {
    const seen = await takeStep(batch);
    const now = performance.now();
    const span = trunk ? { feature: seen - last, step: now - seen } : { feature: 0, step: now - last };
    done += 1;
    if (done === 1) start = now - began;
    // Where a step is slow, fewer have to do.
    else if (done > ready || now - began - start > 1000 * seconds) spans.push(span);
    last = now;
    const measured = spans.reduce((sum, { feature, step }) => sum + feature + step, 0) / 1000;
    const enough = spans.length >= leastMeasured ? measured >= seconds : spans.length > 0 && measured >= 4 * seconds;
    if (stop.aborted) return undefined;
    if (enough) break;
  }
  const mean = (of: (span: { feature: number; step: number }) => number): number =>
    spans.reduce((sum, span) => sum + of(span), 0) / spans.length / 1000;
  const feature = mean((span) => span.feature) / experiment.train.batch;
  return { start: start / 1000, step: mean((span) => span.step), feature };
}

/**
 * Of raw and averaged weights, where there are such; a part of the pictures stands for all. The first batch, which makes the evaluator
 * ready, counts to the start.
 */
async function timeValidation(
  { experiment, trainer, evaluator, sets }: OpenedTraining,
  pictures: Pictures,
  { seconds, stop }: Window,
): Promise<Pick<Pace, "start" | "validation">> {
  const { weights } = await trainer.save();
  const look = async (enough: (elapsed: number) => boolean): Promise<number> => {
    const began = performance.now();
    await evaluator.load(weights as NamedTensors, "the network");
    const loaded = performance.now();
    const ended = new AbortController();
    const evaluated = await evaluate(
      evaluator,
      pictures.validation(() => {}),
      {
        model: "the network",
        onBatch: () => void (enough((performance.now() - loaded) / 1000) && ended.abort()),
        signal: AbortSignal.any([stop, ended.signal]),
      },
    );
    const share = Math.max(1, evaluated.length) / sets.validation.items.length;
    return (loaded - began + (performance.now() - loaded) / share) / 1000;
  };
  const began = performance.now();
  await look(() => true);
  const start = (performance.now() - began) / 1000;
  const whole = await look((elapsed) => elapsed > seconds);
  return { start, validation: experiment.train.averageDecay === null ? whole : 2 * whole };
}

async function timeSave(run: OpenedTraining, output: string): Promise<number> {
  const began = performance.now();
  const files = await run.trainer.save();
  const folder = guarded(output, () => {
    mkdirSync(output, { recursive: true });
    return mkdtempSync(join(output, ".pace."));
  });
  try {
    writeCheckpoint(folder, { step: 0, files, state: checkpointState(run, beginning) });
    return (performance.now() - began) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainIoError(error, "cannot make a folder in", path);
  }
}
