// What an ablation has found so far: every row's cells, errors and differences, with the place of each figure.
import { relative } from "node:path";
import type { Experiment } from "../config/schema.ts";
import { cost } from "../interpret/cost.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { PredictionLine } from "../results/prediction-lines.ts";
import { type AblationStatistics, ablationStatistics, type RowStatistics } from "../statistics/ablation.ts";
import { type Effect, type FactorialRow, factorialEffects } from "../statistics/effects.ts";
import { creditWithin, placeAt } from "../statistics/ranking.ts";
import type { Crops, Mode } from "./file.ts";
import { differingArithmetic, type FingerprintOf, type Found, findCells, type Scored } from "./found.ts";
import { cellsOf, type Plan, type Row } from "./plan.ts";

export type RowCost = {
  /** Of the network as used; `trainingParameters` with the auxiliary head. */
  readonly parameters: number;
  readonly trainingParameters: number;
  /** Of one picture. */
  readonly multiplyAdds: number;
};

export type CellResult = {
  readonly id: string;
  readonly seed: number;
  readonly state: Found["state"];
  /** Folders, from the ablation's own. */
  readonly run: string;
  readonly evaluation: string;
  readonly log: string;
  /** Errors as shares and the mean loss, where the cell is done. */
  readonly figures: { readonly top1: number; readonly top5: number; readonly loss: number } | undefined;
};

export type RowResult = Pick<Row, "name" | "changes" | "paper"> & {
  readonly cost: RowCost;
  readonly cells: readonly CellResult[];
  readonly top1: RowStatistics;
  readonly top5: RowStatistics;
};

export type AblationResults = {
  readonly name: string;
  readonly mode: Mode;
  readonly crops: Crops;
  readonly seeds: readonly number[];
  /** Pictures that every cell was judged on. */
  readonly pictures: number;
  /** Classes of the data, and the share of pictures that are of the commonest; undefined before a cell is done. */
  readonly classes: number | undefined;
  readonly majority: number | undefined;
  /** How many comparisons Holm's correction covers in each family, and whether they all rest on one seed. */
  readonly comparisons: Pick<AblationStatistics, "families" | "table" | "oneSeed">;
  readonly rows: readonly RowResult[];
  /** Of a grid, on the top-1 error. */
  readonly effects: readonly Effect[] | undefined;
  readonly warnings: readonly string[];
};

/** Stands in where neither the experiment nor any result knows the number of classes: ImageNet's. */
const anyClasses = 1000;

/** What is known of the data beside the results: how many classes, which pictures judge. */
export type DataKnown = { readonly classes?: number; readonly fingerprintOf?: FingerprintOf };

/** Reads every cell's state and result. */
export function readResults(folder: string, plan: Plan, { classes, fingerprintOf }: DataKnown = {}): AblationResults {
  const found = findCells(folder, cellsOf(plan), plan.crops, fingerprintOf);
  const pictures = commonPictures(found);
  const result = found.find((one) => one.result)?.result;
  const known = classes ?? result?.classes;
  const previous = plan.mode === "cumulative";
  const judged = judgedRows(plan, found, pictures, 1);
  const top1 = ablationStatistics(judged, { previous });
  const top5 = ablationStatistics(judgedRows(plan, found, pictures, 5), { previous });
  return {
    name: plan.name,
    mode: plan.mode,
    crops: plan.crops,
    seeds: plan.seeds,
    pictures: pictures.length,
    classes: known,
    majority: result?.majority,
    comparisons: { families: top1.families, table: top1.table, oneSeed: top1.oneSeed },
    rows: plan.rows.map(({ name, changes, paper, experiment }, i) => ({
      name,
      changes,
      paper,
      cost: rowCost(experiment, known),
      cells: found.filter(({ cell }) => cell.row === name).map((cell) => cellResult(folder, cell)),
      top1: top1.rows[i]!,
      top5: top5.rows[i]!,
    })),
    effects: plan.mode === "grid" ? factorialEffects(judged) : undefined,
    warnings: warningsOf(found, pictures.length),
  };
}

/** Each row's finished cells over the pictures that all have: right where the label is among the first `within`. */
const judgedRows = (plan: Plan, found: readonly Found[], pictures: readonly string[], within: number): FactorialRow[] =>
  plan.rows.map(({ name, factors }) => ({
    name,
    factors,
    cells: correctness(found, name, pictures, within),
    diverged: divergedSeeds(found, name),
  }));

/** Each row's finished cells in a folder, by top-1. */
export function finishedRows(folder: string, plan: Plan): FactorialRow[] {
  const found = findCells(folder, cellsOf(plan), plan.crops);
  return judgedRows(plan, found, commonPictures(found), 1);
}

function warningsOf(found: readonly Found[], pictures: number): string[] {
  const differing = differingArithmetic(found);
  const precision = differing.find((text) => text.startsWith("precision "));
  const others = differing.filter((text) => text !== precision);
  return [
    ...(found.some(({ result }) => result && result.scored.size > pictures)
      ? [`the cells were evaluated on different pictures: only the ${pictures} that all of them have count`]
      : []),
    ...(precision ? [`the cells were computed in different precisions, and may differ for it: ${precision}`] : []),
    ...(others.length > 0
      ? [`the cells were not all computed alike, and differ in the last bits for it: ${others.join("; ")}`]
      : []),
  ];
}

export function rowCost({ network, data: { size } }: Experiment, classes = anyClasses): RowCost {
  const tree = buildNetwork({ ...network, classes: network.classes ?? classes }, size);
  const { parameters, multiplyAdds, training } = cost(tree, { height: size, width: size, channels: 3 });
  return { parameters, trainingParameters: training.parameters, multiplyAdds };
}

/** Names of the pictures that every finished cell has, in one order. */
function commonPictures(found: readonly Found[]): string[] {
  const sets = found.flatMap(({ result }) => (result ? [result.scored] : []));
  return [...(sets[0]?.keys() ?? [])].filter((name) => sets.every((set) => set.has(name))).sort();
}

const correctness = (found: readonly Found[], row: string, pictures: readonly string[], within: number) =>
  pictures.length === 0
    ? []
    : found.flatMap(({ cell, result }) =>
        cell.row === row && result
          ? [{ seed: cell.seed, correct: pictures.map((name) => credit(result.scored.get(name)!, within)) }]
          : [],
      );

const divergedSeeds = (found: readonly Found[], row: string): number[] =>
  found.flatMap(({ cell, state }) => (cell.row === row && state.kind === "diverged" ? [cell.seed] : []));

function cellResult(folder: string, { cell, paths, state, result }: Found): CellResult {
  const place = (path: string): string => relative(folder, path);
  return {
    id: cell.id,
    seed: cell.seed,
    state,
    run: place(paths.run),
    evaluation: place(paths.evaluation),
    log: place(paths.log),
    figures: result && result.scored.size > 0 ? figures(result.scored) : undefined,
  };
}

const credit = ({ rank, tied }: Pick<PredictionLine, "rank" | "tied">, k: number): number =>
  creditWithin(placeAt(rank, tied), k);

function figures(scored: Scored) {
  const all = [...scored.values()];
  const beyond = (k: number): number => all.reduce((sum, one) => sum + 1 - credit(one, k), 0) / all.length;
  return { top1: beyond(1), top5: beyond(5), loss: all.reduce((sum, { loss }) => sum + loss, 0) / all.length };
}
