// A run that diverged goes back to a checkpoint and on from there at a lower rate.
import { newestCheckpoint, rewind, writeCheckpoint } from "../checkpoint/store.ts";
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
 * brought about, so that the run is the same whenever those came. Throws the error, explained, where the experiment rolls back no more.
 */
export async function rollBack(diverged: Diverged): Promise<From> {
  const { error, before = { times: 0, rate: 1 }, experiment, sets, folder, isScheduled, warn } = diverged;
  const { onDivergence, learningRate } = experiment.train;
  if (onDivergence.name !== "rollback") throw explainDivergence(error, folder);
  if (before.times >= onDivergence.times) throw explainDivergence(error, folder, (before.rate * learningRate) / 2);
  const rollbacks = { times: before.times + 1, rate: before.rate * onDivergence.factor };
  const found = newestCheckpoint(folder.checkpoints, {
    isWanted: isScheduled,
    onBroken: ({ message }) => warn(message),
  });
  const step = found?.checkpoint.step ?? 0;
  const often = `${rollbacks.times} of ${onDivergence.times}`;
  warn(`${error.message}; back to step ${step}, with rates times ${rollbacks.rate} from there (${often})`);
  if (found === undefined) {
    const position = { ...beginning, rollbacks };
    return { start: await fromBeginning(experiment, sets.train.classes), position };
  }
  const checkpoint = { ...found.checkpoint, state: { ...found.checkpoint.state, rollbacks } };
  writeCheckpoint(folder.checkpoints, checkpoint);
  rewind(folder.checkpoints, step);
  const start: Start = { from: "checkpoint", checkpoint };
  return { start, position: positionOf(start) };
}
