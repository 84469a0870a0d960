// Training from a program: the runs of `inception train`, without a word on the terminal.

import { readExperiment } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import type { Experiment, WrittenExperiment } from "../config/schema.ts";
import { loadSubject } from "../config/subject.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes, UserError } from "../errors.ts";
import { createRun } from "../run/folder.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import { preferDevice } from "../runtime/device.ts";
import { choosePrecision } from "../runtime/features.ts";
import type { StepReport, Validation } from "../train/loop.ts";
import { runTraining, type Watcher } from "../train/run.ts";
import { fromBeginning } from "../train/start.ts";
import { openSets, type Sets, sizeOf } from "../train/training.ts";
import { packageVersion } from "../version.ts";

export interface TrainOptions {
  /** Changes of keys, such as "train.epochs=5". */
  readonly set?: readonly string[];
  /** Where run folders are made; "runs/train" where left out. */
  readonly output?: string;
  /** Ends the run after its step, saved. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: StepReport) => void;
  readonly onValidation?: (step: number, validation: Validation) => void;
  readonly onWarning?: (text: string) => void;
}

export interface Trained {
  /** Its folder. */
  readonly run: string;
  readonly classes: readonly string[];
  readonly step: number;
  /** Or stopped by the signal: `inception train --resume` goes on. */
  readonly finished: boolean;
  /** The best validation; null of none. */
  readonly best: { readonly step: number; readonly top1: number } | null;
}

/**
 * Trains a new run. `subject`: an experiment, the path of its file, a shipped one's name, or photographs. Throws UserError, whose message and
 * hint say what to mend.
 */
export async function train(subject: string | WrittenExperiment, options: TrainOptions = {}): Promise<Trained> {
  const { set = [], output = "runs/train", signal = new AbortController().signal, onWarning = () => {} } = options;
  const { experiment, sets } = await opened(subject, set, onWarning);
  const { fingerprint, classes } = sets.train;
  const folder = createRun(output, experiment.name, toYaml(experiment), {
    argv: [],
    versions: { inception: packageVersion() },
    arithmetic: arithmetic(choosePrecision(experiment.train.precision)),
    dataFingerprint: fingerprint,
  });
  let exit: number = exitCodes.bug;
  try {
    const start = await fromBeginning(experiment, classes);
    const watcher = watcherOf({ ...options, onWarning });
    const { position, finished } = await runTraining({ experiment, sets, folder, start, watcher, stop: signal });
    exit = finished ? exitCodes.done : exitCodes.stopped;
    return { run: folder.path, classes, step: position.step, finished, best: position.best };
  } catch (error) {
    if (error instanceof UserError) exit = error.exitCode;
    throw error;
  } finally {
    folder.close(exit);
  }
}

async function opened(
  subject: string | WrittenExperiment,
  set: readonly Setting[],
  warn: (text: string) => void,
): Promise<{ experiment: Experiment; sets: Sets }> {
  let counted: Sets | undefined;
  const survey = async (experiment: Experiment) => {
    counted = await openSets(experiment);
    return sizeOf(counted);
  };
  const { experiment, warnings } =
    typeof subject === "string"
      ? await loadSubject(subject, set, survey)
      : await readExperiment(JSON.stringify(subject), "experiment", set, survey);
  const sets = counted ?? (await openSets(experiment));
  for (const text of [...warnings, ...sets.train.warnings]) warn(text);
  preferDevice(experiment.train.device);
  return { experiment, sets };
}

function watcherOf({ onStep, onValidation, onWarning }: TrainOptions): Watcher {
  const nothing = () => {};
  return {
    ...{ started: nothing, phase: nothing, features: nothing, validating: nothing, saved: nothing },
    step: (report) => onStep?.(report),
    validated: ({ step }, validation) => onValidation?.(step, validation),
    warning: (text) => onWarning?.(text),
  };
}
