// `inception ablate` at work: cells here or on Slurm, and the tables of what they have come to.
import { join } from "node:path";
import { jobName } from "../ablate/cell-command.ts";
import { openData } from "../ablate/data.ts";
import { ablationDocument } from "../ablate/document.ts";
import { claimFolder, type Work } from "../ablate/folder.ts";
import type { FingerprintOf } from "../ablate/found.ts";
import type { Cell } from "../ablate/plan.ts";
import { writeReport } from "../ablate/report.ts";
import { readResults } from "../ablate/results.ts";
import { type CellWatcher, runCells } from "../ablate/run.ts";
import { slurmQueue } from "../ablate/slurm-queue.ts";
import { runOnSlurm } from "../ablate/slurm-run.ts";
import { logFolder, scriptFile, slurmScript } from "../ablate/slurm-script.ts";
import { makeFolderDurably, nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { exitCodes } from "../errors.ts";
import { describeResults } from "./ablation-result.ts";
import { ablationView } from "./ablation-view.ts";
import type { AblateOptions } from "./commands/ablate.ts";
import { note, print, printJson } from "./print.ts";
import { stopOnRequest } from "./stop.ts";

/** Runs the cells and writes the tables; says the exit code. */
export async function runAll(work: Work, cells: readonly Cell[], options: AblateOptions): Promise<number> {
  const { plan, folder } = work;
  const data = await openData(plan);
  const writeTables = tableWriter(work, (experiment) => data(experiment).fingerprint);
  const lock = claimFolder(work);
  const { signal: stop, done } = stopOnRequest("the trainings save where they are");
  try {
    const { executor, jobs = executor === "local" ? 1 : cells.length } = options;
    note(`${plan.name}: ${cells.length} cells, ${jobs} at a time, in ${folder}`);
    const view = ablationView({ plan, folder, cells, stepsOf: ({ experiment }) => data(experiment).steps });
    const watcher = reporting(view, writeTables);
    const common = { folder, crops: plan.crops, watcher, stop };
    const running =
      executor === "slurm"
        ? runOnSlurm(cells, { ...common, ...slurmOptions(work, options) })
        : runCells(cells, { ...common, jobs, threads: options.threads });
    await running.finally(() => view.stop());
    return report(writeTables(), work, cells, { ...options, stopped: stop.aborted });
  } finally {
    done();
    lock.release();
  }
}

function slurmOptions(
  { plan, folder }: Work,
  { cancelOnStop = false, poll, cpus, threads = cpus ?? 1, ...rest }: AblateOptions,
) {
  const path = join(folder, scriptFile);
  return {
    queue: slurmQueue,
    name: jobName(plan, folder),
    cancelOnStop,
    pollMilliseconds: 1000 * poll,
    say: note,
    writeScript(cells: readonly Cell[]) {
      makeFolderDurably(nodeFs, join(folder, logFolder));
      replaceDurably(nodeFs, path, slurmScript({ plan, folder }, cells, { ...rest, cpus, threads }));
      return path;
    },
  };
}

/** Reads what the cells have come to and writes it down. */
function tableWriter({ plan, folder }: Work, fingerprintOf: FingerprintOf) {
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

function report(
  { results, files }: ReturnType<ReturnType<typeof tableWriter>>,
  { folder }: Work,
  cells: readonly Cell[],
  { json, executor, stopped }: Pick<AblateOptions, "json" | "executor"> & { stopped: boolean },
): number {
  if (json) printJson(ablationDocument(results, { folder, files }));
  else print(`${describeResults(results, folder)}\n\nwritten to ${folder}: ${files.join(", ")}`);
  const here = new Set(cells.map(({ id }) => id));
  const open = results.rows
    .flatMap((row) => row.cells)
    .filter(({ id, state }) => here.has(id) && state.kind !== "done");
  if (!stopped || open.every(({ state }) => state.kind === "diverged"))
    return open.length > 0 ? exitCodes.checkFailed : exitCodes.done;
  note(
    `stopped and saved\nresume with: inception ablate --resume${executor === "local" ? "" : ` --executor ${executor}`} -o ${folder}`,
  );
  return exitCodes.stopped;
}
