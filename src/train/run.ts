// A training run on disk: its folder, figures and checkpoints around the loop; started new or gone on with.
import {
  type CheckpointFiles,
  newestCheckpoint,
  prune,
  requireResumable,
  rewind,
  writeCheckpoint,
} from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { seedPair } from "../images/random.ts";
import type { RunFolder } from "../run/folder.ts";
import { type MetricsLog, openMetrics } from "../run/metrics.ts";
import { openRejected, type RejectedList } from "../run/rejected.ts";
import { differences } from "./differences.ts";
import { type Reporter, type StepReport, train, type Validation } from "./loop.ts";
import {
  type Best,
  beginning,
  checkpointState,
  openTraining,
  type Position,
  type Sets,
  type Training,
} from "./training.ts";

/** What the user is shown as it goes. */
export interface Watcher {
  started(run: Training, from: Position): void;
  step(report: StepReport): void;
  validating(done: number, of: number): void;
  validated(position: Position, validation: Validation): void;
  saved(path: string): void;
  warning(text: string): void;
}

export interface RunOptions {
  readonly experiment: Experiment;
  readonly sets: Sets;
  readonly folder: RunFolder;
  readonly resume: boolean;
  readonly watcher: Watcher;
  readonly stop: AbortSignal;
}

export type TrainingResult = {
  readonly position: Position;
  /** Whether the length was carried out to its end. */
  readonly finished: boolean;
  /** Pictures left out so far; rejected.jsonl lists them. */
  readonly rejected: number;
};

/** Trains in the folder until done or stopped. */
export async function runTraining(options: RunOptions): Promise<TrainingResult> {
  const { experiment, sets, folder, watcher, stop } = options;
  const found = options.resume ? newestUsable(options) : undefined;
  const run = await openTraining(experiment, sets);
  let metrics: MetricsLog | undefined;
  try {
    const start = found ? positionOf(found.checkpoint.step, found.checkpoint.state) : beginning;
    if (found) await run.trainer.load(found.checkpoint.files);
    else await run.trainer.initialize([...seedPair(experiment.seed, "init", 0, 0)] as [number, number]);
    rewind(folder.checkpoints, start.step);
    metrics = openMetrics(folder, start.step);
    watcher.started(run, start);
    const rejected = openRejected(folder);
    const position = await train(run, start, reporter(run, options, metrics, rejected), stop);
    return { position, finished: position.step >= run.length.steps, rejected: rejected.count };
  } finally {
    metrics?.close();
    await run.close();
  }
}

function newestUsable({ experiment, sets, folder, watcher }: RunOptions) {
  const found = newestCheckpoint(folder.checkpoints, { onBroken: ({ message }) => watcher.warning(message) });
  if (found === undefined) return undefined;
  requireResumable(found.checkpoint, found.path);
  const changed = differences(found.checkpoint.state.experiment, experiment);
  const classes =
    found.checkpoint.state.classes.join() === sets.train.classes.join() ? [] : ["the classes of the data"];
  const all = [...changed, ...classes];
  if (all.length === 0) return found;
  throw new UserError("usage", `${found.path} was made with another experiment; different: ${all.join(", ")}`, {
    hint: "resume with the run's own config.yaml, or start a new run without --resume",
  });
}

const positionOf = (step: number, state: { best?: unknown; validated?: unknown }): Position => ({
  step,
  best: (state.best ?? null) as Best | null,
  validated: Number(state.validated ?? 0),
});

function reporter(
  run: Training,
  { experiment, folder, watcher }: RunOptions,
  metrics: MetricsLog,
  rejected: RejectedList,
): Reporter {
  return {
    step(report) {
      const { step, ...figures } = report;
      if (step % experiment.log.everySteps === 0) metrics.append({ kind: "train", step, ...figures });
      watcher.step(report);
    },
    validating: (done, of) => watcher.validating(done, of),
    validated(position, validation) {
      metrics.append({ kind: "validation", step: position.step, ...validationFigures(validation) });
      watcher.validated(position, validation);
    },
    save(position: Position, files: CheckpointFiles) {
      metrics.sync();
      const path = writeCheckpoint(folder.checkpoints, {
        step: position.step,
        files,
        state: checkpointState(run, position),
      });
      prune(folder.checkpoints, experiment.checkpoint.keep, position.best?.step);
      watcher.saved(path);
    },
    bad({ name, reason }) {
      if (experiment.data.onBadImage === "fail")
        throw new UserError("data", `${name}: ${reason}`, {
          hint: "data.onBadImage: skip leaves such pictures out and lists them",
        });
      if (rejected.add({ name, reason })) watcher.warning(`left out: ${name}: ${reason}`);
    },
  };
}

const validationFigures = ({ raw, average }: Validation): Record<string, number | undefined> => ({
  n: raw.n,
  top1: raw.top1.value,
  top5: raw.top5.value,
  loss: raw.loss,
  averageTop1: average?.top1.value,
  averageTop5: average?.top5.value,
  averageLoss: average?.loss,
});
