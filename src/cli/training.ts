// The work of `inception train`: experiment, pictures and run folder together, new or resumed.
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type Loaded, loadExperiment } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import type { Experiment } from "../config/schema.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { Drift } from "../run/drift.ts";
import { createRun, newestRun, openRun, type RunFolder } from "../run/folder.ts";
import { type Circumstances, readRunInfo } from "../run/info.ts";
import { runPaths } from "../run/paths.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import { choosePrecision } from "../runtime/features.ts";
import { freeMemory } from "../runtime/free-memory.ts";
import { contentOf, rewrittenPictures } from "../train/content.ts";
import { changesInWords } from "../train/differences.ts";
import { rateOfOtherLength } from "../train/lengthening.ts";
import { memoryWarning } from "../train/memory.ts";
import { runTraining, type TrainingResult, type Watcher } from "../train/run.ts";
import { fromBeginning, fromRun, originOf } from "../train/start.ts";
import { requireShared, sharedArithmetic, splitOver, type Together } from "../train/together.ts";
import { openSets } from "../train/training.ts";
import { packageVersion } from "../version.ts";
import { readDrift } from "./drift.ts";
import { sayOrigin } from "./origin-words.ts";
import { labelled, note, warn } from "./print.ts";
import { keepReport } from "./reporting.ts";
import { type Changes, settings } from "./shorthands.ts";
import { fitToTime, secondsSoFar, timeIsOver } from "./time-limit.ts";
import { checked, type Opened, openNew } from "./training-experiment.ts";
import { consoleWatcher } from "./watcher.ts";

export type TrainOptions = Changes & {
  readonly output?: string;
  readonly resume?: string | true;
  /** What may differ from the run that is resumed. */
  readonly allowDrift: readonly string[];
  /** Seconds. */
  readonly maxTime?: number;
};

export type TrainingOutcome = TrainingResult & {
  readonly run: string;
  readonly classes: number;
  /** Of the process so far, and how many it was given; undefined where that is open. */
  readonly seconds: number;
  readonly maxTime: number | undefined;
  /** Whether it was stopped because they are over. */
  readonly late: boolean;
  /** Its report; undefined where that could not be written. */
  readonly report: string | undefined;
};

const runsFolder = "runs/train";

/** What is asked for, opened: a new experiment with its pictures, or those of a run. Nothing is written yet. */
export type Asked = Opened & { readonly config: string | undefined; readonly resumed: string | undefined };

/** `cluster`: the processes that train it together. Throws UserError("usage") where so many cannot. */
export async function openAsked(
  config: string | undefined,
  options: TrainOptions,
  cluster?: Pick<Cluster, "tasks">,
): Promise<Asked> {
  const resumed = runToResume(config, options);
  const opened = resumed === undefined ? await openNew(config, options) : await openSaved(resumed, settings(options));
  if (cluster === undefined) return { ...opened, config, resumed };
  const processes = cluster.tasks.length;
  const experiment = resumed === undefined ? splitOver(opened.experiment, processes) : opened.experiment;
  requireShared(experiment, processes);
  return { ...opened, experiment, config, resumed };
}

/**
 * Trains to the end, to the signal, or until its time is over by a tenth. The run's record says how it ended, whatever happens. Undefined
 * where the signal came before there was a run. Throws UserError("stopped") where a process that trains with this one is lost.
 */
export async function trainExperiment(
  { config, resumed, ...opened }: Asked,
  options: TrainOptions,
  stop: AbortSignal,
  together?: Together,
): Promise<TrainingOutcome | undefined> {
  const { output = runsFolder, maxTime } = options;
  const { sets, changed = [] } = opened;
  const experiment =
    maxTime === undefined
      ? opened.experiment
      : await fitToTime({ ...opened, config, changes: options, output, limit: maxTime, stop });
  if (experiment === undefined) return undefined;
  const over = maxTime === undefined ? undefined : timeIsOver(maxTime);
  const drift = readDrift(options.allowDrift, experiment);
  for (const change of changed) note(`changed     ${change}`);
  const dataContent = contentOf(sets);
  const about = { dataFingerprint: sets.train.fingerprint, ...(dataContent && { dataContent }), changes: changed };
  const signal = together?.stopped ?? (over ? AbortSignal.any([stop, over.signal]) : stop);
  const folder = openFolder(experiment, { ...about, together }, resumed, output, drift);
  const watcher = consoleWatcher(folder.path);
  const report = keepReport(folder.path, sets);
  let ended: Omit<TrainingOutcome, "report">;
  let file: string | undefined;
  let exit: number = exitCodes.bug;
  let stoppedEarly = false;
  try {
    const { classes } = sets.train;
    const validation = sets.validation.fingerprint;
    const start =
      resumed === undefined
        ? await fromBeginning(experiment, classes)
        : fromRun({ experiment, classes, validation, folder, drift, warn: watcher.warning });
    const rate = start.from === "checkpoint" ? rateOfOtherLength(start.checkpoint, experiment, sets) : undefined;
    if (rate !== undefined) note(labelled("rate", rate));
    if (resumed !== undefined) {
      const rewritten = rewrittenPictures(sets, readRunInfo(folder.info), dataContent);
      if (rewritten) watcher.warning(rewritten);
    }
    if (changed.length > 0) replaceDurably(nodeFs, folder.config, toYaml(experiment));
    if (start.from === "weights") note(sayOrigin(start));
    const short = memoryWarning(experiment, classes.length, freeMemory());
    if (short) watcher.warning(short);
    const validated: Watcher["validated"] = (...of) => {
      watcher.validated(...of);
      report.refresh();
    };
    const reported = { ...watcher, validated };
    const training = runTraining({ experiment, sets, folder, start, watcher: reported, stop: signal, together });
    const outcome = await (together ? Promise.race([training, together.lost]) : training);
    await together?.leave();
    exit = outcome.finished ? exitCodes.done : exitCodes.stopped;
    stoppedEarly = outcome.stoppedEarly;
    const late = over?.signal.aborted ?? false;
    ended = { ...outcome, run: folder.path, classes: classes.length, seconds: secondsSoFar(), maxTime, late };
  } catch (error) {
    if (error instanceof UserError) exit = error.exitCode;
    throw error;
  } finally {
    over?.clear();
    watcher.stop();
    folder.close(exit, stoppedEarly ? { stoppedEarly } : {});
    file = await report.finish();
  }
  return { ...ended, report: file };
}

/** With what the options change of it. */
async function openSaved(run: string, sets: readonly Setting[]): Promise<Opened> {
  const [before, { experiment }] = [await loadRun(run, []), await loadRun(run, sets)];
  const changed = changesInWords(before.experiment, experiment);
  return checked({ experiment, sets: await openSets(experiment), changed });
}

type WithOthers = { readonly together: Together | undefined };

function openFolder(
  experiment: Experiment,
  { together, ...about }: Pick<Circumstances, "dataFingerprint" | "dataContent" | "changes"> & WithOthers,
  resumed: string | undefined,
  output: string,
  drift: Drift,
): RunFolder {
  const { from } = experiment.train;
  const weights = from === undefined || resumed !== undefined ? undefined : originOf(from);
  const circumstances = {
    argv: process.argv.slice(2),
    versions: { inception: packageVersion() },
    arithmetic: {
      ...arithmetic(choosePrecision(experiment.train.precision)),
      ...(together && sharedArithmetic(together)),
    },
    ...about,
    ...(weights && { weights: { path: weights.path, step: weights.step, kind: weights.kind, sha256: weights.sha256 } }),
  };
  return resumed === undefined
    ? createRun(output, experiment.name, toYaml(experiment), circumstances)
    : openRun(resumed, circumstances, warn, drift);
}

/** The folder of the run that `--resume` means; undefined where a new run is asked for. */
function runToResume(config: string | undefined, { resume, output = runsFolder }: TrainOptions): string | undefined {
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

async function loadRun(run: string, sets: readonly Setting[]): Promise<Loaded> {
  const { config, info } = runPaths(run);
  const missing = [info, config].find((file) => !existsSync(file));
  if (missing === undefined) return loadExperiment(config, sets);
  throw new UserError("checkpoint", `${run} is not a run folder: it has no ${basename(missing)}`, {
    hint: "a run folder is one that inception train made, such as runs/train/quickstart-1",
  });
}
