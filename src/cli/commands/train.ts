// inception train: trains an experiment, new or from its last checkpoint.
import type { Command } from "commander";
import { exitCodes } from "../../errors.ts";
import { set, takesExperiment } from "../experiment.ts";
import { acts, flag, type OptionsOf, perhapsText, text } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";
import { threadsOption } from "../threads.ts";

const options = {
  set,
  from: text("<weights>", "start from a run, a checkpoint or imported weights (train.from)", { conflicts: ["resume"] }),
  output: text("<folder>", "where run folders are made", { short: "o", standard: "runs/train" }),
  resume: perhapsText("[run]", "resume a run: a run folder, or the newest of the output folder"),
  threads: threadsOption(),
  json: flag("print the outcome as one JSON document"),
};
type Options = OptionsOf<typeof options>;

export function registerTrain(program: Command): void {
  acts(takesExperiment(program.command("train")), options, run)
    .description("train an experiment; Ctrl-C saves and exits 75, and --resume continues")
    .addHelpText("after", help);
}

const help = `
Examples:
  inception train photos                 a folder for each class
  inception train photos --from googlenet
  inception train photos.tar --set data.size=224 --set train.epochs=30
  inception train                        ./inception.yaml, else the quickstart
  inception train configs/imagenette-128.yaml --set data.train=photos/train
  inception train --resume               resumes the newest run
  inception train --resume runs/train/quickstart-2`;

async function run(config: string | undefined, options: Options): Promise<void> {
  const { signal, done } = stopOnRequest("finishing the step and saving");
  const { trainExperiment } = await import("../training.ts");
  const { nextCommands, sayOutcome } = await import("../training-report.ts");
  try {
    const outcome = await trainExperiment(config, options, signal);
    const { run, position, finished, stoppedEarly, rejected } = outcome;
    process.exitCode = finished ? exitCodes.done : exitCodes.stopped;
    if (options.json)
      return printJson({
        schema: "inception.train/2",
        run,
        step: position.step,
        best: position.best,
        finished,
        stoppedEarly,
        rejected,
      });
    if (rejected > 0) note(`${rejected} unreadable pictures were left out; ${run}/rejected.jsonl lists them`);
    print(sayOutcome(outcome));
    if (finished) note(nextCommands(outcome));
  } finally {
    done();
  }
}
