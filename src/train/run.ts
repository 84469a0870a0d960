// A training run on disk: its folder, figures and checkpoints around the loop, whatever it starts from.
import { type CheckpointFiles, prune, rewind, writeCheckpoint } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Kernels } from "../graph/kernels.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { RunFolder } from "../run/folder.ts";
import { type MetricsLog, openMetrics } from "../run/metrics.ts";
import { openRejected, type RejectedList } from "../run/rejected.ts";
import { type Arithmetic, differingKeys } from "../runtime/arithmetic.ts";
import { imbalanceWarning, lengthWarning, lossWatch, patienceWarning } from "./advice.ts";
import { countByClass } from "./class-weights.ts";
import { tellOthers } from "./follow.ts";
import { type Reporter, type StepReport, soundState, train, type Validation } from "./loop.ts";
import type { Phase } from "./phases.ts";
import { requireFewBad, unreadable } from "./pictures.ts";
import { type Prepared, prepare, removeFeatures } from "./prepared.ts";
import { type From, rollBack } from "./rollback.ts";
import { kernelsOfRun } from "./run-kernels.ts";
import { type RunLength, runLength } from "./schedule.ts";
import type { Source, Start } from "./start.ts";
import { openTensorBoard, type TensorBoard } from "./tensorboard.ts";
import { isOutOfPatience, isScheduled } from "./timetable.ts";
import type { Together } from "./together.ts";
import {
  checkpointState,
  type OpenedTraining,
  openTraining,
  type Position,
  phasesOfRun,
  positionOf,
  type Sets,
} from "./training.ts";

/** What the user is shown as it goes. */
export interface Watcher {
  /** Once in a sitting. */
  started(run: OpenedTraining, from: Position): void;
  /** A phase begins or goes on, before it computes features. */
  phase(run: OpenedTraining): void;
  /** Features computed so far, of all that the phase takes. */
  features(done: number, of: number): void;
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
  /** The processes that train with this one, their chief; `follow` is what they do. */
  readonly together?: Together | undefined;
}

export type TrainingResult = {
  readonly position: Position;
  readonly length: RunLength;
  /** Whether there is nothing left to do: the length was carried out to its end, or patience ended it. */
  readonly finished: boolean;
  /** Whether patience ended it. */
  readonly stoppedEarly: boolean;
  /** Pictures left out so far; rejected.jsonl lists them. */
  readonly rejected: number;
};

/** Trains in the folder until done or stopped; where it diverges, as the experiment says. Throws UserError("diverged") with how to go on. */
export async function runTraining(options: RunOptions): Promise<TrainingResult> {
  const { experiment, sets, folder, start, watcher } = options;
  const phases = phasesOfRun(experiment, sets);
  const kernels = await kernelsOfRun(experiment, sets, folder);
  const run = { ...options, phases, kernels, length: runLength(experiment.train, sets.train.items.length) };
  let from: From = { start, position: positionOf(start) };
  for (let isFirst = true; ; isFirst = false)
    try {
      return await trainPhases(run, from, isFirst);
    } catch (error) {
      if (!(error instanceof UserError && error.reason === "diverged")) throw error;
      from = await rollBack({
        ...{ error, before: from.position.rollbacks, experiment, sets, folder, warn: watcher.warning },
        isScheduled: (step) => isScheduled(run, phases, step),
      });
    }
}

type Run = RunOptions & {
  readonly phases: readonly Phase[];
  readonly kernels: Kernels;
  readonly length: RunLength;
};

/** Phase after phase. */
async function trainPhases(options: Run, { start, position: first }: From, isFirst: boolean): Promise<TrainingResult> {
  const { experiment, sets, folder, watcher, stop, phases, kernels, length, together } = options;
  const rejected = openRejected(folder);
  let position = first;
  let next: Start | undefined;
  let metrics: MetricsLog | undefined;
  let board: TensorBoard | undefined;
  try {
    for (const phase of phases.filter((phase) => !isPast(phase, position) || phase === phases.at(-1))) {
      if (stop.aborted) break;
      const run = await openTraining(experiment, sets, phase, kernels, together);
      let prepared: Prepared | undefined;
      try {
        await run.trainer.begin(next ?? startIn(phase, start, position));
        if (together) await tellOthers(together, { experiment, sets, kernels, position });
        if (metrics === undefined) {
          rewind(folder.checkpoints, position.step);
          metrics = openMetrics(folder, position);
          board = await openTensorBoard(folder, experiment, sets, position.step);
          if (isFirst) {
            folder.began(position.step);
            greet(run, options, position);
          }
        }
        watcher.phase(run);
        const report = reporter(run, { ...options, start }, { metrics, board }, rejected);
        // So that features, which may take long, are found again, and so that a run knows that it went back.
        if (position.step === 0 && (phase.views > 0 || position.rollbacks))
          report.save(position, await soundState(run, position.step, []));
        prepared = await prepare(run, { folder, onBad: report.bad, onFeatures: watcher.features, stop });
        if (prepared === undefined) break;
        position = await train(prepared.training, position, report, stop);
        if (position.step < phase.end || stop.aborted) break;
        removeFeatures(folder);
        next = { from: "weights", weights: (await run.trainer.save()).weights as NamedTensors };
      } finally {
        prepared?.close();
        await run.close();
      }
    }
    const phase = phases.at(-1)!;
    const stoppedEarly = isOutOfPatience({ experiment, length, phase }, position);
    const finished = stoppedEarly || isPast(phase, position);
    return { position, length, finished, stoppedEarly, rejected: rejected.count };
  } finally {
    metrics?.close();
    await board?.close();
  }
}

/** What a sitting begins with, and what it is warned of. */
function greet(run: OpenedTraining, { experiment, sets, start, watcher, phases }: Run, position: Position): void {
  watcher.started(run, position);
  warnOfOtherArithmetic(start, run.arithmetic, watcher);
  if (start.from === "checkpoint") return;
  const advice = [
    ...(start.from === "seed" ? [lengthWarning(experiment, run.length)] : []),
    imbalanceWarning(experiment, countByClass(sets.train), sets.train.classes),
    patienceWarning({ ...run, phase: phases.at(-1)! }),
  ];
  for (const text of advice) if (text !== undefined) watcher.warning(text);
}

/** Ended, with its last validation. */
const isPast = ({ end }: Phase, { step, validated }: Position): boolean =>
  step > end || (step === end && validated === end);

/** A phase after the first one starts from the weights that the one before it ended with. */
function startIn({ first }: Phase, start: Start, { step }: Position): Start {
  if (start.from !== "checkpoint" || step !== first || first === 0) return start;
  return { from: "weights", weights: start.checkpoint.files.weights as NamedTensors };
}

function warnOfOtherArithmetic(start: Start, now: Arithmetic, watcher: Watcher): void {
  if (start.from !== "checkpoint") return;
  const differing = differingKeys((start.checkpoint.state.arithmetic ?? {}) as Partial<Arithmetic>, now);
  if (differing.length > 0)
    watcher.warning(`this sitting differs in the last bits from the one before: ${differing.join(", ")}`);
}

function reporter(
  run: OpenedTraining,
  { experiment, folder, start, watcher, phases }: Run,
  { metrics, board }: { readonly metrics: MetricsLog; readonly board: TensorBoard | undefined },
  rejected: RejectedList,
): Reporter {
  const losses = lossWatch(run.sets.train.classes.length);
  let since = performance.now();
  return {
    step(report) {
      const { step, skipped, ...figures } = report;
      const isSkipped = skipped !== undefined && skipped.inRow > 0;
      if (!isSkipped) losses.trained(report.loss);
      const isWritten = isSkipped || step % experiment.log.everySteps === 0;
      if (isWritten) metrics.append({ kind: "train", step, ...figures, ...(skipped && { skipped: skipped.total }) });
      if (isWritten) board?.step(report);
      watcher.step(report);
      if (isSkipped)
        watcher.warning(`step ${step} gave a loss or gradient that is not finite: skipped (${skipped.total})`);
    },
    validating: (done, of) => watcher.validating(done, of),
    validated(position, validation) {
      const seconds = (performance.now() - since) / 1000;
      since = performance.now();
      metrics.append({ kind: "validation", step: position.step, ...validationFigures(validation), seconds });
      board?.validated(position.step, validation);
      watcher.validated(position, validation);
      const advice = losses.validated((validation.average ?? validation.raw).loss);
      if (advice !== undefined) watcher.warning(advice);
    },
    save(position: Position, files: CheckpointFiles) {
      metrics.sync();
      const path = writeCheckpoint(folder.checkpoints, {
        step: position.step,
        files,
        state: checkpointState(run, position, sourceOf(start)),
      });
      const counts = (step: number): boolean => isScheduled(run, phases, step);
      prune(folder.checkpoints, experiment.checkpoint.keep, { best: position.best?.step, counts });
      watcher.saved(path);
    },
    bad({ name, reason }) {
      if (experiment.data.onBadImage === "fail") throw unreadable({ name, reason });
      if (rejected.add({ name, reason })) watcher.warning(`left out: ${name}: ${reason}`);
      requireFewBad(rejected.count, run);
    },
  };
}

/** Where the run's first weights came from, whichever sitting it is. */
const sourceOf = (start: Start): Source | undefined =>
  start.from === "weights"
    ? start.source
    : start.from === "checkpoint"
      ? start.checkpoint.state.startedFrom
      : undefined;

const validationFigures = ({ raw, average }: Validation): Record<string, number | undefined> => ({
  n: raw.n,
  top1: raw.top1.value,
  top5: raw.top5.value,
  loss: raw.loss,
  averageTop1: average?.top1.value,
  averageTop5: average?.top5.value,
  averageLoss: average?.loss,
});
