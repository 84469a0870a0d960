// How far an ablation is, and how long the rest takes.
import { cellPaths, cellState, stepsDone } from "../ablate/cell.ts";
import type { Cell, Plan } from "../ablate/plan.ts";
import { rowCost } from "../ablate/results.ts";
import { formatDuration } from "./progress.ts";

export type CellWork = {
  readonly plan: Pick<Plan, "crops">;
  readonly folder: string;
  readonly cells: readonly Cell[];
  /** Steps of a cell's training. */
  readonly stepsOf: (cell: Cell) => number;
};

export type AblationPace = { readonly done: number; readonly seconds: number; readonly left: string | undefined };

/** How many cells are done, and how long the rest takes at the pace of this sitting: steps count by what a picture costs. */
export function newClock({ plan, folder, cells, stepsOf }: CellWork): () => AblationPace {
  const weights = new Map(
    cells.map((cell) => [cell.id, stepsOf(cell) * cell.experiment.train.batch * rowCost(cell.experiment).multiplyAdds]),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const share = (cell: Cell): { done: boolean; work: number } => {
    const paths = cellPaths(folder, cell, plan.crops);
    const { kind } = cellState(paths);
    const settled = kind === "done" || kind === "diverged" || kind === "failed" || kind === "killed";
    return { done: kind === "done", work: settled ? 1 : Math.min(1, stepsDone(paths) / stepsOf(cell)) };
  };
  const measure = () => {
    const shares = cells.map((cell) => ({ ...share(cell), weight: weights.get(cell.id)! }));
    return {
      done: shares.filter(({ done }) => done).length,
      work: shares.reduce((sum, { work, weight }) => sum + work * weight, 0),
    };
  };
  const start = performance.now();
  const before = measure().work;
  return () => {
    const { done, work } = measure();
    const seconds = (performance.now() - start) / 1000;
    const gained = work - before;
    return {
      done,
      seconds,
      left: gained > 0 && work < total ? formatDuration((seconds * (total - work)) / gained) : undefined,
    };
  };
}
