// A training run on disk: its folder, figures and checkpoints around the loop, whatever it starts from.
import { type CheckpointFiles, prune, rewind, writeCheckpoint } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { RunFolder } from "../run/folder.ts";
import { type MetricsLog, openMetrics } from "../run/metrics.ts";
import { openRejected, type RejectedList } from "../run/rejected.ts";
import { type Arithmetic, differingKeys } from "../runtime/arithmetic.ts";
import { lengthWarning, lossWatch } from "./advice.ts";
import { type Reporter, type StepReport, train, type Validation } from "./loop.ts";
import type { Start, StartFrom } from "./start.ts";
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
  readonly start: Start;
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
  const { experiment, sets, folder, start, watcher, stop } = options;
  const run = await openTraining(experiment, sets);
  let metrics: MetricsLog | undefined;
  try {
    const from = (positionOf[start.from] as (start: Start) => Position)(start);
    await run.trainer.begin(start);
    rewind(folder.checkpoints, from.step);
    metrics = openMetrics(folder, from.step);
    watcher.started(run, from);
    warnOfOtherArithmetic(start, run.arithmetic, watcher);
    const advice = lengthWarning(experiment, run.length);
    if (advice !== undefined && start.from !== "checkpoint") watcher.warning(advice);
    const rejected = openRejected(folder);
    const position = await train(run, from, reporter(run, options, metrics, rejected), stop);
    return { position, finished: position.step >= run.length.steps, rejected: rejected.count };
  } finally {
    metrics?.close();
    await run.close();
  }
}

const positionOf: { readonly [K in Start["from"]]: (start: StartFrom<K>) => Position } = {
  seed: () => beginning,
  weights: () => beginning,
  checkpoint: ({ checkpoint: { step, state } }) => ({
    step,
    best: (state.best ?? null) as Best | null,
    validated: Number(state.validated ?? 0),
  }),
};

function warnOfOtherArithmetic(start: Start, now: Arithmetic, watcher: Watcher): void {
  if (start.from !== "checkpoint") return;
  const differing = differingKeys((start.checkpoint.state.arithmetic ?? {}) as Partial<Arithmetic>, now);
  if (differing.length > 0)
    watcher.warning(`this sitting differs in the last bits from the one before: ${differing.join(", ")}`);
}

function reporter(
  run: Training,
  { experiment, folder, watcher }: RunOptions,
  metrics: MetricsLog,
  rejected: RejectedList,
): Reporter {
  const losses = lossWatch(run.sets.train.classes.length);
  return {
    step(report) {
      const { step, ...figures } = report;
      losses.trained(report.loss);
      if (step % experiment.log.everySteps === 0) metrics.append({ kind: "train", step, ...figures });
      watcher.step(report);
    },
    validating: (done, of) => watcher.validating(done, of),
    validated(position, validation) {
      metrics.append({ kind: "validation", step: position.step, ...validationFigures(validation) });
      watcher.validated(position, validation);
      const advice = losses.validated((validation.average ?? validation.raw).loss);
      if (advice !== undefined) watcher.warning(advice);
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
