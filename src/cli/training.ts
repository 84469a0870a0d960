// The work of `inception train`: experiment, pictures and run folder together, new or resumed.
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Loaded, loadExperiment, type Survey } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes, UserError } from "../errors.ts";
import { createRun, newestRun, openRun, type RunFolder } from "../run/folder.ts";
import { runPaths } from "../run/paths.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import { choosePrecision } from "../runtime/features.ts";
import { classWeights } from "../train/class-weights.ts";
import { runTraining, type TrainingResult } from "../train/run.ts";
import { fromBeginning, fromRun, originOf } from "../train/start.ts";
import { openSets, type Sets, sizeOf } from "../train/training.ts";
import { openExperiment } from "./experiment.ts";
import { packageVersion } from "./explain.ts";
import { sayOrigin } from "./origin-words.ts";
import { note, warn } from "./print.ts";
import { consoleWatcher } from "./watcher.ts";

export type TrainOptions = { set: string[]; from?: string; output: string; resume?: string | true };

/** Trains to the end or to the signal. The run's record says how it ended, whatever happens. */
export async function trainExperiment(
  config: string | undefined,
  options: TrainOptions,
  stop: AbortSignal,
): Promise<TrainingResult & { run: string; classes: number }> {
  const resumed = runToResume(config, options);
  let counted: Sets | undefined;
  const survey: Survey = async (experiment) => {
    counted = await openSets(experiment);
    return sizeOf(counted);
  };
  const { experiment } =
    resumed === undefined
      ? await openExperiment(config, settings(options), survey)
      : await loadRun(resumed, options.set);
  const sets = counted ?? (await openSets(experiment));
  for (const warning of sets.train.warnings) note(`warning: ${warning}`);
  // Refused before there is a folder.
  classWeights(experiment.train.classWeights, sets.train);
  const folder = openFolder(experiment, sets.train.fingerprint, resumed, options.output);
  const watcher = consoleWatcher(folder.path);
  let exit: number = exitCodes.bug;
  let stoppedEarly = false;
  try {
    const { classes } = sets.train;
    const saved = resumed === undefined ? undefined : fromRun({ experiment, classes, folder, warn: watcher.warning });
    const start = saved ?? (await fromBeginning(experiment, classes));
    if (start.from === "weights") note(sayOrigin(start));
    const outcome = await runTraining({ experiment, sets, folder, start, watcher, stop });
    exit = outcome.finished ? exitCodes.done : exitCodes.stopped;
    stoppedEarly = outcome.stoppedEarly;
    return { ...outcome, run: folder.path, classes: sets.train.classes.length };
  } catch (error) {
    if (error instanceof UserError) exit = error.exitCode;
    throw error;
  } finally {
    watcher.stop();
    folder.close(exit, stoppedEarly ? { stoppedEarly } : {});
  }
}

/** A path of `--from` is one from here, wherever the experiment's file lies. */
function settings({ set, from }: TrainOptions): Setting[] {
  if (from === undefined) return set;
  const text = `train.from=${JSON.stringify(existsSync(from) ? resolve(from) : from)}`;
  return [...set, { text, origin: { text: "--from", offset: Number.POSITIVE_INFINITY } }];
}

function openFolder(
  experiment: Loaded["experiment"],
  dataFingerprint: string,
  resumed: string | undefined,
  output: string,
): RunFolder {
  const { from } = experiment.train;
  const weights = from === undefined || resumed !== undefined ? undefined : originOf(from);
  const circumstances = {
    argv: process.argv.slice(2),
    versions: { inception: packageVersion() },
    arithmetic: arithmetic(choosePrecision(experiment.train.precision)),
    dataFingerprint,
    ...(weights && { weights: { path: weights.path, step: weights.step, kind: weights.kind, sha256: weights.sha256 } }),
  };
  return resumed === undefined
    ? createRun(output, experiment.name, toYaml(experiment), circumstances)
    : openRun(resumed, circumstances);
}

/** The folder of the run that `--resume` means; undefined where a new run is asked for. */
function runToResume(config: string | undefined, { resume, output }: TrainOptions): string | undefined {
  if (resume === undefined) return undefined;
  if (config !== undefined)
    throw new UserError("usage", `--resume takes the run's own experiment and no other, got ${config}`, {
      hint: "leave it out to resume, or leave out --resume to start a new run",
    });
  if (resume !== true) return resume;
  const run = newestRun(output, warn);
  if (run === undefined)
    throw new UserError("checkpoint", `there is no run to resume in ${output}: no folder in it has a run.json`, {
      hint: "start a run without --resume, name its folder (--resume <run>), or where its folder is (-o <folder>)",
    });
  note(`resuming ${run}`);
  return run;
}

async function loadRun(run: string, sets: readonly string[]): Promise<Loaded> {
  const { config, info } = runPaths(run);
  const missing = [info, config].find((file) => !existsSync(file));
  if (missing === undefined) return loadExperiment(config, sets);
  throw new UserError("checkpoint", `${run} is not a run folder: it has no ${basename(missing)}`, {
    hint: "a run folder is one that inception train made, such as runs/train/quickstart-1",
  });
}
