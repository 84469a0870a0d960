// inception train: trains an experiment, new or from its last checkpoint.
import { type Command, InvalidArgumentError } from "commander";
import type { Loaded } from "../../config/load.ts";
import { exitCodes } from "../../errors.ts";
import { openExperiment, takesExperiment } from "../experiment.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";

type Options = { set: string[]; output: string; resume?: string | true; json?: boolean };

export function registerTrain(program: Command): void {
  takesExperiment(program.command("train"))
    .description("train an experiment; Ctrl-C saves and exits 75, and --resume goes on")
    .option("-o, --output <folder>", "where run folders are made", "runs/train")
    .option("--resume [run]", "go on with a run: a run folder, or the newest of the output folder")
    .option("--json", "print the outcome as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  inception train                                   the quickstart (or ./inception.yaml)
  inception train configs/imagenette-128.yaml --set data.train=photos/train
  inception train --resume                          goes on with the newest run
  inception train --resume runs/train/quickstart-2`,
    )
    .action(run);
}

async function run(config: string | undefined, options: Options): Promise<void> {
  const { signal, done } = stopOnRequest("finishing the step and saving");
  const { openSets } = await import("../../train/training.ts");
  const { runTraining } = await import("../../train/run.ts");
  const { consoleWatcher } = await import("../watcher.ts");
  const resumed = options.resume === undefined ? undefined : await runToResume(options);
  const { experiment } = resumed ? await loadRun(resumed, options.set) : await openExperiment(config, options.set);
  const sets = await openSets(experiment);
  for (const warning of sets.train.warnings) note(`warning: ${warning}`);
  const folder = await openFolder(experiment, sets.train.fingerprint, resumed, options.output);
  let exit: number = exitCodes.bug;
  try {
    const watcher = consoleWatcher(folder.path);
    const outcome = await runTraining({
      experiment,
      sets,
      folder,
      resume: resumed !== undefined,
      watcher,
      stop: signal,
    });
    exit = outcome.finished ? exitCodes.done : exitCodes.stopped;
    const { step, best } = outcome.position;
    if (options.json) printJson("inception.train/1", { run: folder.path, step, finished: outcome.finished, best });
    else print(sayOutcome(folder.path, outcome));
  } catch (error) {
    exit = exitCodeOf(error);
    throw error;
  } finally {
    folder.close(exit);
    done();
  }
  process.exitCode = exit;
}

const exitCodeOf = (error: unknown): number =>
  typeof (error as { exitCode?: unknown }).exitCode === "number"
    ? (error as { exitCode: number }).exitCode
    : exitCodes.bug;

const sayOutcome = (
  path: string,
  {
    position,
    finished,
  }: { position: { step: number; best: { step: number; top1: number } | null }; finished: boolean },
): string =>
  finished
    ? `${path}: finished after ${position.step} steps; best top-1 ${(100 * (position.best?.top1 ?? 0)).toFixed(2)}% at step ${position.best?.step}`
    : `${path}: stopped and saved at step ${position.step}; go on with: inception train --resume ${path}`;

async function openFolder(
  experiment: Loaded["experiment"],
  dataFingerprint: string,
  resumed: string | undefined,
  output: string,
) {
  const { createRun, openRun } = await import("../../run/folder.ts");
  const { toYaml } = await import("../../config/write.ts");
  const { packageVersion } = await import("../explain.ts");
  const circumstances = { argv: process.argv.slice(2), versions: { inception: packageVersion() }, dataFingerprint };
  return resumed
    ? openRun(resumed, circumstances)
    : createRun(output, experiment.name, toYaml(experiment), circumstances);
}

async function runToResume({ resume, output }: Options): Promise<string> {
  if (typeof resume === "string") return resume;
  const { newestRun } = await import("../../run/folder.ts");
  const run = newestRun(output);
  if (run === undefined) throw new InvalidArgumentError(`there is no run in ${output} to go on with`);
  note(`going on with ${run}`);
  return run;
}

async function loadRun(run: string, sets: readonly string[]): Promise<Loaded> {
  const { UserError } = await import("../../errors.ts");
  const { runPaths } = await import("../../run/paths.ts");
  const { existsSync } = await import("node:fs");
  const { loadExperiment } = await import("../../config/load.ts");
  const { config } = runPaths(run);
  if (!existsSync(config)) throw new UserError("usage", `${run} is not a run folder: it has no config.yaml`);
  return loadExperiment(config, sets);
}
