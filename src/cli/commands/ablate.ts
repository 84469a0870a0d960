// inception ablate: rows by seeds, trained and evaluated, and the table of what each change brings.
import type { Command } from "commander";
import type { Work } from "../../ablate/folder.ts";
import type { FingerprintOf } from "../../ablate/found.ts";
import type { Cell } from "../../ablate/plan.ts";
import type { CellWatcher } from "../../ablate/run.ts";
import { exitCodes, UserError } from "../../errors.ts";
import { engineOptions } from "../engine-options.ts";
import { set } from "../experiment.ts";
import { acts, decimal, flag, negated, type OptionsOf, text, wholeNumber } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";

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
  jobs: wholeNumber("<n>", "cells at a time", { short: "j", most: 256, standard: 1 }),
  ...engineOptions("of each cell (default: those of the machine, shared among the jobs)"),
  resume: flag("continue the ablation in the folder: only what is missing runs"),
  output: text("<folder>", "the ablation's folder (default: runs/ablate/<name>)", { short: "o" }),
  json: flag("print the result as one JSON document"),
};
type Options = OptionsOf<typeof options>;

export function registerAblate(program: Command): void {
  acts(program.command("ablate"), options, run)
    .description("train rows of changes over seeds and say what each brings, and whether it is more than noise")
    .argument("[file]", "an ablation file or a shipped ablation (default: table3, the paper's)")
    .addHelpText("after", help);
}

async function run(file: string | undefined, options: Options): Promise<void> {
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
  process.exitCode = await runAll(work, cells, options);
}

async function runAll(work: Work, cells: readonly Cell[], options: Options): Promise<number> {
  const { claimFolder } = await import("../../ablate/folder.ts");
  const { runCells } = await import("../../ablate/run.ts");
  const { openData } = await import("../../ablate/data.ts");
  const { ablationView } = await import("../ablation-view.ts");
  const { plan, folder } = work;
  const data = await openData(plan);
  const writeTables = await tableWriter(work, (experiment) => data(experiment).fingerprint);
  const lock = claimFolder(work);
  const { signal: stop, done } = stopOnRequest("the trainings save where they are");
  try {
    note(`${plan.name}: ${cells.length} cells, ${options.jobs} at a time, in ${folder}`);
    const view = ablationView({ plan, folder, cells, stepsOf: ({ experiment }) => data(experiment).steps });
    const watcher = reporting(view, writeTables);
    const { jobs, threads } = options;
    await runCells(cells, { folder, crops: plan.crops, jobs, threads, watcher, stop }).finally(() => view.stop());
    return await report(writeTables(), work, cells, { ...options, stopped: stop.aborted });
  } finally {
    done();
    lock.release();
  }
}

/** Reads what the cells have come to and writes it down. */
async function tableWriter({ plan, folder }: Work, fingerprintOf: FingerprintOf) {
  const { readResults } = await import("../../ablate/results.ts");
  const { writeReport } = await import("../../ablate/report.ts");
  return () => {
    const results = readResults(folder, plan, { fingerprintOf });
    return { results, files: writeReport(folder, results) };
  };
}

/** Also writes the tables with every cell that ends in this sitting. */
function reporting(watcher: CellWatcher, writeTables: () => void): CellWatcher {
  const begun = new Set<string>();
  return {
    ...watcher,
    started(cell) {
      begun.add(cell.id);
      watcher.started(cell);
    },
    ended(cell, state) {
      watcher.ended(cell, state);
      if (begun.has(cell.id)) writeTables();
    },
  };
}

async function report(
  { results, files }: ReturnType<Awaited<ReturnType<typeof tableWriter>>>,
  { folder }: Work,
  cells: readonly Cell[],
  { json, stopped }: Pick<Options, "json"> & { stopped: boolean },
): Promise<number> {
  const { describeResults } = await import("../ablation-result.ts");
  const { ablationDocument } = await import("../../ablate/document.ts");
  if (json) printJson(ablationDocument(results, { folder, files }));
  else print(`${describeResults(results, folder)}\n\nwritten to ${folder}: ${files.join(", ")}`);
  const here = new Set(cells.map(({ id }) => id));
  const open = results.rows
    .flatMap((row) => row.cells)
    .filter(({ id, state }) => here.has(id) && state.kind !== "done");
  if (!stopped || open.every(({ state }) => state.kind === "diverged"))
    return open.length > 0 ? exitCodes.checkFailed : exitCodes.done;
  note(`stopped and saved\nresume with: inception ablate --resume -o ${folder}`);
  return exitCodes.stopped;
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

--power says before anything is run which difference of two rows would be
found. It takes the spread of trainings from --sd and --disagreement, else from
the cells that the folder has, else it assumes some.

The tables in the folder are written again whenever a cell ends. Exit code 8
where a cell has no result; the table says which and why. Ctrl-C, SIGTERM and
SIGHUP have the trainings save, and end with 75; a second one ends all at once.

Examples:
  inception ablate table3 --dry-run        the paper's Table 3, planned
  inception ablate mine.yaml --power --seeds 0..4   what five seeds can show
  inception ablate --set data.train=photos --set data.size=107 \\
      --set data.validation="{ holdOut: 0.1 }" --set train.epochs=20
  inception ablate --resume
  inception ablate mine.yaml --rows base,dropout --jobs 2 -o runs/ablate/mine-2`;
