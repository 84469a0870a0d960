// The batch script of an ablation: an array with a task for each cell.
import { join, resolve } from "node:path";
import { type CellEngine, indexedCommand, jobName, program } from "./cell-command.ts";
import type { Cell, Plan } from "./plan.ts";

/** What a task may use, in sbatch's own words. */
export interface SlurmResources extends CellEngine {
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly cpus?: number | undefined;
  readonly gres?: string | undefined;
  /** Further options of sbatch, as in `--mem=8G`. */
  readonly sbatch: readonly string[];
  /** Tasks at a time. */
  readonly jobs?: number | undefined;
}

export const scriptFile = "ablation.sbatch";
export const logFolder = "slurm";

/** So long before its time ends a task is asked to save. */
const secondsToSave = 120;

/** Task k computes the k-th of `cells`; a cell that has its result ends at once, so the script can be sent again. */
export function slurmScript(
  { plan, folder }: { plan: Pick<Plan, "name">; folder: string },
  cells: readonly Pick<Cell, "id">[],
  { time, partition, cpus, gres, sbatch, jobs, ...engine }: SlurmResources,
): string {
  const place = resolve(folder);
  const options = [
    `--job-name=${jobName(plan, folder)}`,
    `--array=1-${cells.length}${jobs === undefined ? "" : `%${jobs}`}`,
    "--requeue",
    "--open-mode=append",
    `--output=${join(place, logFolder, "%A_%a.log")}`,
    `--chdir=${process.cwd()}`,
    `--cpus-per-task=${cpus ?? engine.threads}`,
    ...(time === undefined ? [] : [`--time=${time}`, `--signal=B:INT@${secondsToSave}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ...sbatch,
  ];
  const command = indexedCommand(cells, {
    index: "$((SLURM_ARRAY_TASK_ID - 1))",
    start: [process.execPath, program],
    folder: place,
    engine,
  });
  return [
    "#!/bin/sh",
    "# Written by inception ablate; by hand: sbatch with this file. Cells that have a result end at once.",
    ...options.map((option) => `#SBATCH ${/\s/.test(option) ? `"${option}"` : option}`),
    command,
    "",
  ].join("\n");
}
