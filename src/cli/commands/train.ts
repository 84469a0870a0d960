// inception train: trains an experiment, new or from its last checkpoint.
import type { Command } from "commander";
import { exitCodes } from "../../errors.ts";
import type { Best } from "../../train/training.ts";
import { takesExperiment } from "../experiment.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";
import type { TrainOptions } from "../training.ts";

type Options = TrainOptions & { json?: boolean };

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
  const { trainExperiment } = await import("../training.ts");
  try {
    const { run, position, finished, rejected } = await trainExperiment(config, options, signal);
    process.exitCode = finished ? exitCodes.done : exitCodes.stopped;
    const { step, best } = position;
    if (options.json) return printJson({ schema: "inception.train/1", run, step, finished, best, rejected });
    if (rejected > 0) note(`${rejected} unreadable pictures were left out; ${run}/rejected.jsonl lists them`);
    if (!finished)
      return print(`${run}: stopped and saved at step ${step}; go on with: inception train --resume ${run}`);
    print(`${run}: finished after ${step} steps; ${sayBest(best)}`);
  } finally {
    done();
  }
}

const sayBest = (best: Best | null): string =>
  best ? `best top-1 ${(100 * best.top1).toFixed(2)}% at step ${best.step}` : "never validated";
