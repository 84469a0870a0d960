// The work of `inception train`: experiment, pictures and run folder together, new or gone on with.
import { existsSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { type Loaded, loadExperiment } from "../config/load.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes, UserError } from "../errors.ts";
import { createRun, newestRun, openRun, type RunFolder } from "../run/folder.ts";
import { runPaths } from "../run/paths.ts";
import { runTraining, type TrainingResult } from "../train/run.ts";
import { openSets } from "../train/training.ts";
import { openExperiment } from "./experiment.ts";
import { packageVersion } from "./explain.ts";
import { note, warn } from "./print.ts";
import { consoleWatcher } from "./watcher.ts";

export type TrainOptions = { set: string[]; output: string; resume?: string | true };

/** Trains to the end or to the signal. The run's record says how it ended, whatever happens. */
export async function trainExperiment(
  config: string | undefined,
  options: TrainOptions,
  stop: AbortSignal,
): Promise<TrainingResult & { run: string }> {
  const resumed = runToResume(options);
  const { experiment } =
    resumed === undefined ? await openExperiment(config, options.set) : await loadRun(resumed, options.set);
  const sets = await openSets(experiment);
  for (const warning of sets.train.warnings) note(`warning: ${warning}`);
  const folder = openFolder(experiment, sets.train.fingerprint, resumed, options.output);
  let exit: number = exitCodes.bug;
  try {
    const watcher = consoleWatcher(folder.path);
    const outcome = await runTraining({ experiment, sets, folder, resume: resumed !== undefined, watcher, stop });
    exit = outcome.finished ? exitCodes.done : exitCodes.stopped;
    return { ...outcome, run: folder.path };
  } catch (error) {
    if (error instanceof UserError) exit = error.exitCode;
    throw error;
  } finally {
    folder.close(exit);
  }
}

function openFolder(
  experiment: Loaded["experiment"],
  dataFingerprint: string,
  resumed: string | undefined,
  output: string,
): RunFolder {
  const circumstances = { argv: process.argv.slice(2), versions: { inception: packageVersion() }, dataFingerprint };
  return resumed === undefined
    ? createRun(output, experiment.name, toYaml(experiment), circumstances)
    : openRun(resumed, circumstances);
}

function runToResume({ resume, output }: TrainOptions): string | undefined {
  if (resume !== true) return resume;
  const run = newestRun(output, warn);
  if (run === undefined) throw new InvalidArgumentError(`there is no run in ${output} to go on with`);
  note(`going on with ${run}`);
  return run;
}

async function loadRun(run: string, sets: readonly string[]): Promise<Loaded> {
  const { config } = runPaths(run);
  if (!existsSync(config)) throw new UserError("usage", `${run} is not a run folder: it has no config.yaml`);
  return loadExperiment(config, sets);
}
