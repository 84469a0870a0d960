// `inception ablate --dry-run`: the plan, what each row changes and costs, and about how long it takes.
import { cellPaths, cellState, isSettled } from "../ablate/cell.ts";
import type { CellData } from "../ablate/data.ts";
import { wordChange } from "../ablate/diff.ts";
import type { Work } from "../ablate/folder.ts";
import type { Cell } from "../ablate/plan.ts";
import type { PlanPower } from "../ablate/power.ts";
import { rowCost } from "../ablate/results.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { describePower } from "./ablation-power.ts";
import { formatTable, note, print, printJson } from "./print.ts";
import { formatDuration } from "./progress.ts";

type Planned = Awaited<ReturnType<typeof gather>>;

type PlanOptions = {
  readonly estimate: boolean;
  readonly power?: boolean;
  /** Points, and per cent. */
  readonly sd?: number;
  readonly disagreement?: number;
  readonly json?: boolean;
};

export async function showPlan(
  work: Work,
  cells: readonly Cell[],
  { json = false, ...asked }: PlanOptions,
): Promise<void> {
  const planned = await gather(work, cells, asked);
  if (asked.power && planned.power === null) note("a plan of one row compares nothing");
  if (json) printJson(planned);
  else print(describe(planned));
}

async function gather({ plan, folder, base }: Work, cells: readonly Cell[], { estimate, ...asked }: PlanOptions) {
  const open = async () => (await import("../ablate/data.ts")).openData(plan);
  const data = asked.power ? await open() : await orNothing("the pictures are not counted", open);
  const states = cells.map((cell) => ({ ...cell, state: cellState(cellPaths(folder, cell, plan.crops)) }));
  const left = states.filter(({ state }) => !isSettled(state));
  const seconds = estimate && data && left.length > 0 ? await measure(left, data, plan.crops) : undefined;
  const pictures = data?.(plan.rows[0]!.experiment).validation;
  return {
    schema: "inception.ablate-plan/2" as const,
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
    power:
      asked.power && pictures !== undefined && plan.rows.length > 1
        ? await powerOf(plan, folder, pictures, asked)
        : null,
    cellsLeft: left.length,
    secondsLeft: seconds ?? null,
  };
}

async function powerOf(
  plan: Work["plan"],
  folder: string,
  pictures: number,
  { sd, disagreement }: Pick<PlanOptions, "sd" | "disagreement">,
): Promise<PlanPower> {
  const { measuredSpread, planPower } = await import("../ablate/power.ts");
  const given = {
    ...(sd === undefined ? {} : { sd: sd / 100 }),
    ...(disagreement === undefined ? {} : { disagreement: disagreement / 100 }),
  };
  return planPower(plan, { pictures, given, measured: measuredSpread(folder, plan) });
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
  const { name, mode, folder, base, seeds, rows, cells, power, cellsLeft, secondsLeft } = planned;
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
    ...(power === null ? [] : ["", describePower(power, seeds.length)]),
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
