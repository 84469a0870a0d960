// A run that diverged goes back to a checkpoint and on from there at a lower rate.
import { type Checkpoint, listCheckpoints, newestCheckpoint, rewind, writeCheckpoint } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import type { UserError } from "../errors.ts";
import type { RunPaths } from "../run/paths.ts";
import { explainDivergence } from "./divergence.ts";
import { fromBeginning, type Start } from "./start.ts";
import { beginning, type Position, positionOf, type Rollbacks, type Sets } from "./training.ts";

/** Where a run begins or goes on. */
export type From = { readonly start: Start; readonly position: Position };

type Diverged = {
  readonly error: UserError;
  /** Of the run before it diverged. */
  readonly before: Rollbacks | undefined;
  readonly experiment: Experiment;
  readonly sets: Sets;
  readonly folder: RunPaths;
  /** Whether a checkpoint of this step is one that every run of this experiment has. */
  readonly isScheduled: (step: number) => boolean;
  readonly warn: (text: string) => void;
};

/**
 * From the newest scheduled checkpoint that verifies, which now knows of it, or from the beginning: never from one that the clock or a stop
 * brought about, so that the run is the same whenever those came. Where the run has not got to another one since it went back, it goes back
 * one more: weights may be finite and lost already. Throws the error, explained, where the experiment rolls back no more.
 */
export async function rollBack(diverged: Diverged): Promise<From> {
  const { error, before, experiment, sets, folder, warn } = diverged;
  const { onDivergence, learningRate } = experiment.train;
  if (onDivergence.name !== "rollback") throw explainDivergence(error, folder);
  const { times, rate } = before ?? { times: 0, rate: 1 };
  if (times >= onDivergence.times) throw explainDivergence(error, folder, (rate * learningRate) / 2);
  const found = target(diverged);
  const step = found?.step ?? 0;
  const rollbacks = { times: times + 1, to: step, rate: rate * onDivergence.factor };
  const often = `${rollbacks.times} of ${onDivergence.times}`;
  warn(`${error.message}; back to step ${step}, with rates times ${rollbacks.rate} from there (${often})`);
  if (found === undefined) {
    const position = { ...beginning, rollbacks };
    return { start: await fromBeginning(experiment, sets.train.classes), position };
  }
  const checkpoint = { ...found, state: { ...found.state, rollbacks } };
  writeCheckpoint(folder.checkpoints, checkpoint);
  rewind(folder.checkpoints, step);
  const start: Start = { from: "checkpoint", checkpoint };
  return { start, position: positionOf(start) };
}

/** Undefined: the beginning. The oldest that is left is gone back to again where there were others before it. */
function target({ before, folder: { checkpoints }, isScheduled, warn }: Diverged): Checkpoint | undefined {
  const newest = (isWanted: (step: number) => boolean): Checkpoint | undefined =>
    newestCheckpoint(checkpoints, { isWanted, onBroken: ({ message }) => warn(message) })?.checkpoint;
  const last = listCheckpoints(checkpoints).find(({ step }) => isScheduled(step))?.step;
  if (before === undefined || last !== before.to) return newest(isScheduled);
  const older = newest((step) => isScheduled(step) && step < last);
  const wereOthers = Array.from({ length: Math.max(0, last - 1) }, (_, i) => i + 1).some(isScheduled);
  return older ?? (wereOthers ? newest((step) => step === last) : undefined);
}
