// inception train: trains an experiment, new or from its last checkpoint.
import type { Command } from "commander";
import { counted } from "../../counted.ts";
import { exitCodes } from "../../errors.ts";
import { engineOptions } from "../engine-options.ts";
import { takesExperiment } from "../experiment.ts";
import { acts, choice, duration, flag, type OptionsOf, perhapsText, repeated, text, wholeNumber } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { changes } from "../shorthands.ts";
import { stopOnRequest } from "../stop.ts";

const options = {
  ...changes,
  data: text("<photographs>", "photographs to train on, as the argument or in the place of a config's (data.train)"),
  output: text("<path>", "where run folders are made (default: runs/train); with --find-rate, the drawing", {
    short: "o",
  }),
  resume: perhapsText("[run]", "resume a run: a run folder, or the newest of the output folder"),
  allowDrift: repeated("<key>", "resume although this key differs, or the pictures do (pictures)"),
  maxTime: duration("<time>", "take as many steps as fit into 90s, 45m, 2h, 1h30m or 1d", {
    conflicts: ["resume", "findRate"],
  }),
  findRate: flag("test learning rates instead: draws loss over rate, suggests one and leaves no run", {
    conflicts: ["resume"],
  }),
  workers: text("<addresses>", "processes that train together: a:2222,b:2222, slurm or tf-config", {
    conflicts: ["maxTime", "findRate"],
  }),
  task: wholeNumber("<n>", "which of the addresses this process is, from 0", { least: 0 }),
  wire: choice("<format>", "what gradients cross as between processes", {
    choices: ["float32", "bfloat16"],
    standard: "float32",
  }),
  ...engineOptions(),
  json: flag("print the outcome as one JSON document"),
};
type Options = OptionsOf<typeof options>;

export function registerTrain(program: Command): void {
  acts(takesExperiment(program.command("train")), options, run)
    .description("train an experiment; Ctrl-C saves and exits 75, and --resume continues")
    .addHelpText("after", help);
}

const help = `
The first Ctrl-C, SIGTERM or SIGHUP (the terminal is gone) finishes the step and
saves, a second one ends the command at once.

Examples:
  inception train photos                 a folder for each class
  inception train photos --from googlenet
  inception train photos.tar --size 224 --epochs 30 --set train.labelSmoothing=0
  inception train 'shards/train-{000000..000146}.tar'  WebDataset
  inception train photos --max-time 45m  as many steps as fit
  inception train photos --find-rate     writes learning-rate.svg
  inception train                        ./inception.yaml, else the quickstart
  inception train configs/imagenette-128.yaml --set data.train=photos/train
  inception train --resume               resumes the newest run
  inception train --resume --epochs 60   makes it longer, finished or not
  inception train --resume runs/train/quickstart-2
  inception train --resume --lr 0.01 --allow-drift train.learningRate
  inception train photos --workers a:2222,b:2222         on both machines
  srun -n 4 inception train photos --workers slurm`;

async function run(given: string | undefined, all: Options): Promise<void> {
  const { data, ...others } = all;
  const isSubject = given === undefined && all.resume === undefined;
  const [config, options]: [string | undefined, Options] = isSubject ? [data, others] : [given, all];
  if (options.findRate) return findRate(config, options);
  const { openAsked, trainExperiment } = await import("../training.ts");
  const { nextCommands, sayOutcome, sayTime } = await import("../training-report.ts");
  const { clusterAsked, followChief, joinProcesses } = await import("../processes.ts");
  const cluster = clusterAsked(options);
  const asked = cluster === undefined || cluster.index === 0 ? await openAsked(config, options, cluster) : undefined;
  const { signal, exitCode, done } = stopOnRequest("finishing the step and saving");
  try {
    const peers = cluster && (await joinProcesses(cluster, signal));
    if (asked === undefined) return await followChief(peers!);
    const outcome = await trainExperiment(asked, options, signal, peers && { ...peers, wire: options.wire });
    if (outcome === undefined) {
      process.exitCode = exitCode();
      return note("Stopped before there was a run.");
    }
    const { run, position, finished, stoppedEarly, rejected } = outcome;
    process.exitCode = finished ? exitCodes.done : exitCodes.stopped;
    if (options.json)
      return printJson({
        schema: "inception.train/2",
        run,
        classes: outcome.classes,
        step: position.step,
        best: position.best,
        finished,
        stoppedEarly,
        rejected,
        seconds: outcome.seconds,
        maxTime: outcome.maxTime ?? null,
      });
    if (rejected > 0)
      note(
        `${counted(rejected, "unreadable picture was", "unreadable pictures were")} left out; ${run}/rejected.jsonl lists them`,
      );
    print(sayOutcome(outcome));
    const time = sayTime(outcome);
    if (time !== undefined) note(time);
    if (finished) note(nextCommands(outcome));
  } finally {
    done();
  }
}

async function findRate(config: string | undefined, options: Options): Promise<void> {
  const { signal, exitCode, done } = stopOnRequest("finishing the step; nothing is written");
  const rates = await import("../rate-finding.ts");
  try {
    const found = await rates.findRate(config, options, signal);
    if (found === undefined) {
      process.exitCode = exitCode();
      return;
    }
    const { test, file } = found;
    if (options.json) return printJson(rates.rateDocument(test, file));
    print(rates.sayRate(test));
    note(`written to ${file}`);
  } finally {
    done();
  }
}
