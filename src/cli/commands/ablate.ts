// inception ablate: rows by seeds, trained and evaluated, and the table of what each change brings.
import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import { engineOptions } from "../engine-options.ts";
import { set } from "../experiment.ts";
import { acts, choice, decimal, flag, negated, type OptionsOf, repeated, text, wholeNumber } from "../options.ts";
import { note } from "../print.ts";

const options = {
  set,
  dryRun: flag("print the plan, each row's changes and cost, and an estimate of the time"),
  estimate: negated("with --dry-run: do not measure anything"),
  power: flag("print what difference the plan's seeds and pictures can show, and run nothing"),
  sd: decimal("<points>", "with --power: standard deviation of the error over seeds", { most: 100 }),
  disagreement: decimal("<percent>", "with --power: pictures right in just one of two trainings", { most: 100 }),
  rows: text("<names>", "only these rows, as in rmsprop,bn-auxiliary"),
  seeds: text("<seeds>", "instead of the file's, as in 0..4 or 0,3"),
  shard: text("<part>", "only a share of the cells, as in 2/8"),
  jobs: wholeNumber("<n>", "cells at a time (default: 1; a scheduler's: all)", { short: "j", most: 256 }),
  ...engineOptions("of each cell (default: those of the machine, shared among the jobs; a scheduler's: --cpus)"),
  executor: choice("<where>", "cells run here, on Slurm, or wherever you send the commands printed", {
    choices: ["local", "slurm", "print"],
    standard: "local",
  }),
  time: text("<limit>", "slurm: of each task, as in 4:00:00; it saves two minutes before"),
  partition: text("<name>", "slurm: where tasks go"),
  cpus: wholeNumber("<n>", "slurm, kubernetes: of each task (default: its threads)"),
  gres: text("<list>", "slurm: other resources of each task"),
  sbatch: repeated("<option>", "slurm: another option of sbatch, as in --mem=8G"),
  poll: wholeNumber("<seconds>", "slurm: between two looks at the queue", { most: 3600, standard: 10 }),
  cancelOnStop: flag("slurm: Ctrl-C ends the tasks, which save; else they go on"),
  kubernetes: text("<image>", "print: an indexed Job of Kubernetes with this image, as YAML"),
  claim: text("<name>", "with --kubernetes: the volume claim with this directory", { standard: "inception" }),
  cell: text("<id>", "compute one cell of the folder's plan and nothing else; what --executor sends", {
    conflicts: ["set", "dryRun", "power", "rows", "seeds", "shard", "jobs", "resume", "json"],
  }),
  resume: flag("continue the ablation in the folder: only what is missing runs"),
  output: text("<folder>", "the ablation's folder (default: runs/ablate/<name>)", { short: "o" }),
  json: flag("print the result as one JSON document"),
};
export type AblateOptions = OptionsOf<typeof options>;

export function registerAblate(program: Command): void {
  acts(program.command("ablate"), options, run)
    .description("train rows of changes over seeds and say what each brings, and whether it is more than noise")
    .argument("[file]", "an ablation file or a shipped ablation (default: table3, the paper's)")
    .addHelpText("after", help);
}

async function run(file: string | undefined, options: AblateOptions): Promise<void> {
  requireTogether(options);
  if (options.cell !== undefined) {
    const { runOneCell } = await import("../ablation-cell.ts");
    process.exitCode = await runOneCell(options.cell, options);
    return;
  }
  const { openWork } = await import("../../ablate/folder.ts");
  const { readSeeds, selectCells } = await import("../../ablate/select.ts");
  const { readShard } = await import("../../evaluate/shard.ts");
  const seeds = options.seeds === undefined ? undefined : readSeeds(options.seeds);
  const shard = options.shard === undefined ? undefined : readShard(options.shard);
  const { set: sets, output, resume = false, dryRun = false, power = false } = options;
  if (!power && (options.sd !== undefined || options.disagreement !== undefined))
    throw new UserError("usage", "--sd and --disagreement say what --power shall reckon with, and it is not given");
  const work = await openWork(file, { sets, seeds, output, resume, look: dryRun || power });
  for (const warning of work.plan.warnings) note(`warning: ${warning}`);
  const cells = selectCells(work.plan, { rows: options.rows, seeds, shard });
  if (dryRun || power) {
    const { showPlan } = await import("../ablation-plan.ts");
    return showPlan(work, cells, { ...options, estimate: dryRun && options.estimate });
  }
  if (options.executor === "print") {
    const { printCells } = await import("../ablation-commands.ts");
    return printCells(work, cells, options);
  }
  const { runAll } = await import("../ablation-running.ts");
  process.exitCode = await runAll(work, cells, options);
}

/** Options that only some executors have a use for. */
const usedBy = {
  time: ["slurm"],
  partition: ["slurm"],
  gres: ["slurm"],
  cancelOnStop: ["slurm"],
  cpus: ["slurm", "print"],
  kubernetes: ["print"],
} as const satisfies Partial<Record<keyof AblateOptions, readonly AblateOptions["executor"][]>>;

function requireTogether(options: AblateOptions): void {
  const { executor } = options;
  for (const [key, executors] of Object.entries(usedBy) as [keyof typeof usedBy, readonly string[]][])
    if (options[key] !== undefined && !executors.includes(executor)) refuse(key, executors[0]!);
  if (options.sbatch.length > 0 && executor !== "slurm") refuse("sbatch", "slurm");
}

function refuse(key: string, executor: string): never {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError("usage", `--${name} is for --executor ${executor}, which is not given`);
}

const help = `
An ablation file has name, base (config, set), mode (cumulative, one-in,
one-out, grid), rows (name, set, paper), seeds, evaluate (crops). --set changes
the base of all rows: size, data, epochs. A row that changes more than it
declares is refused.

Each cell, a row with a seed, is trained and evaluated in processes of its own,
in a folder named after the hash of its experiment. A folder that holds an
ablation is refused without --resume. With it, that ablation continues (--seeds
may add to it): finished and diverged cells stay as they are, stopped ones
resume from their last checkpoint, failed and killed ones are tried again. To
bring together what --shard spread over several folders, copy their cells/ into
one (the data must lie at the same path) and --resume there.

--jobs gives each cell an equal number of whole threads; no process is pinned to
cores.

--power says before anything is run which difference of two rows would be
found. It takes the spread of trainings from --sd and --disagreement, else from
the cells that the folder has, else it assumes some.

--executor slurm submits the cells as an array and follows it; what a task was
taken away from, by its time, a lost node or a kill, is submitted again and goes
on from its checkpoint. The script is ablation.sbatch in the folder, which all
machines have to reach under the same path. Without --cancel-on-stop a driver
that is stopped leaves its tasks, and --resume follows them. --executor print
gives a command for each cell that has no result; where all have ended, --resume
writes the tables.

The tables in the folder are written again whenever a cell ends. Exit code 8
where a cell has no result; the table says which and why. Ctrl-C, SIGTERM and
SIGHUP have the trainings save, and end with 75; a second one ends all at once.

Examples:
  inception ablate table3 --dry-run        the paper's Table 3, planned
  inception ablate mine.yaml --power --seeds 0..4   what five seeds can show
  inception ablate --set data.train=photos --set data.size=107 \\
      --set data.validation="{ holdOut: 0.1 }" --set train.epochs=20
  inception ablate --resume
  inception ablate mine.yaml --executor slurm --cpus 8 --time 4:00:00 \\
      --sbatch --mem=16G
  inception ablate mine.yaml --executor print | parallel -j 4
  inception ablate mine.yaml --executor print --kubernetes lab/inception:1
  inception ablate mine.yaml --rows base,dropout --jobs 2 -o runs/ablate/mine-2`;
