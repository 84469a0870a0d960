// `inception ablate --dry-run`: the plan, what each row changes and costs, and about how long it takes.
import { cellPaths, cellState, isSettled } from "../ablate/cell.ts";
import type { CellData } from "../ablate/data.ts";
import { wordChange } from "../ablate/diff.ts";
import type { Work } from "../ablate/folder.ts";
import type { Cell } from "../ablate/plan.ts";
import { rowCost } from "../ablate/results.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { formatTable, note, print, printJson } from "./print.ts";
import { formatDuration } from "./progress.ts";

type Planned = Awaited<ReturnType<typeof gather>>;

export async function showPlan(
  work: Work,
  cells: readonly Cell[],
  { estimate, json }: { estimate: boolean; json?: boolean },
): Promise<void> {
  const planned = await gather(work, cells, estimate);
  if (json) printJson(planned);
  else print(describe(planned));
}

async function gather({ plan, folder, base }: Work, cells: readonly Cell[], estimate: boolean) {
  const data = await orNothing("the pictures are not counted", async () =>
    (await import("../ablate/data.ts")).openData(plan),
  );
  const states = cells.map((cell) => ({ ...cell, state: cellState(cellPaths(folder, cell, plan.crops)) }));
  const left = states.filter(({ state }) => !isSettled(state));
  const seconds = estimate && data && left.length > 0 ? await measure(left, data, plan.crops) : undefined;
  return {
    schema: "inception.ablate-plan/1" as const,
    name: plan.name,
    mode: plan.mode,
    folder,
    base: base.path,
    seeds: plan.seeds,
    crops: plan.crops,
    rows: plan.rows.map(({ name, against = null, changes, experiment }) => ({
      name,
      against,
      changes,
      ...rowCost(experiment, data?.(experiment).classes),
      steps: data?.(experiment).steps ?? null,
    })),
    cells: states.map(({ id, row, seed, folder, state }) => ({
      id,
      row,
      seed,
      folder: `cells/${folder}`,
      state: state.kind,
    })),
    cellsLeft: left.length,
    secondsLeft: seconds ?? null,
  };
}

/** Seconds that these cells take one after another; undefined where there is no engine to measure with. */
async function measure(
  cells: readonly Cell[],
  data: (experiment: Experiment) => CellData,
  crops: Work["plan"]["crops"],
) {
  const { cellSeconds, measureSteps } = await import("../ablate/estimate.ts");
  const experiments = cells.map(({ experiment }) => experiment);
  const times = await orNothing("no estimate of the time", () =>
    measureSteps(experiments, data, ({ data: { size }, train: { batch } }) =>
      note(`measuring a step of ${batch} pictures at ${size} px`),
    ),
  );
  return times?.reduce((sum, time, i) => sum + cellSeconds(experiments[i]!, time, data(experiments[i]!), crops), 0);
}

/** The rest of the plan is worth printing without what this would give. */
async function orNothing<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`${what}: ${error.message}`);
    return undefined;
  }
}

function describe(planned: Planned): string {
  const { name, mode, folder, base, seeds, rows, cells, cellsLeft, secondsLeft } = planned;
  const costs = rows.map((row) => [
    row.name,
    row.trainingParameters,
    row.parameters,
    row.multiplyAdds,
    row.steps ?? "-",
  ]);
  return [
    `${name}: ${mode}, ${rows.length} rows x ${seeds.length} seeds (${seeds.join(", ")}); ${cells.length} cells chosen, ${cellsLeft} to run`,
    `base ${base}, folder ${folder}`,
    "",
    formatTable(["row", "parameters in training", "parameters", "multiply-adds", "steps"], costs),
    "",
    ...rows.flatMap(changeLines),
    ...(secondsLeft === null
      ? []
      : ["", `about ${formatDuration(secondsLeft)} on this machine, one cell after another`]),
  ].join("\n");
}

function changeLines({ name, against, changes }: Planned["rows"][number]): string[] {
  if (changes.length === 0) return [`${name}: the base as it is`];
  const lines = changes.map((change) => `  ${wordChange(change)}`);
  return [`${name}, against ${against ?? "the base"}:`, ...lines];
}
