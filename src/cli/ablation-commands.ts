// `inception ablate --executor print`: what any scheduler needs to compute the cells that have no result.
import { cellPaths, cellState, isSettled } from "../ablate/cell.ts";
import { cellCommand } from "../ablate/cell-command.ts";
import { claimFolder, type Work } from "../ablate/folder.ts";
import { kubernetesJob } from "../ablate/kubernetes-job.ts";
import type { Cell } from "../ablate/plan.ts";
import type { AblateOptions } from "./commands/ablate.ts";
import { note, print } from "./print.ts";

/** Writes the plan into the folder, where the commands find it. */
export function printCells(work: Work, cells: readonly Cell[], options: AblateOptions): void {
  claimFolder(work).release();
  const { plan, folder } = work;
  const { kubernetes, claim, cpus, threads = cpus ?? 1, kernels, jobs } = options;
  const engine = { threads, kernels };
  const open = cells.filter((cell) => !isSettled(cellState(cellPaths(folder, cell, plan.crops))));
  if (kubernetes === undefined || open.length === 0) for (const cell of open) print(cellCommand(cell, folder, engine));
  else print(kubernetesJob(work, open, { image: kubernetes, claim, cpus, jobs, ...engine }).trimEnd());
  note(`${open.length} of ${cells.length} cells; in the end: inception ablate --resume -o ${folder}`);
}
