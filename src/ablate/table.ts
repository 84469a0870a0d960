// The tables of an ablation: errors, differences with their verdicts, the tests behind them, effects, and cost beside the paper's figures.
import type { RowDifference } from "../statistics/ablation.ts";
import type { Effect } from "../statistics/effects.ts";
import { showsTop5 } from "../statistics/guessing.ts";
import type { Interval } from "../statistics/interval.ts";
import { wordChange } from "./diff.ts";
import type { AblationResults, CellResult, RowResult } from "./results.ts";

/** Ready to print: every cell is text. Names of 17 letters leave it within 80 columns. */
export type TextTable = {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Left out where no row has anything to say. */
type Column<Row> = { readonly header: string; readonly cell: (row: Row) => string };

export function resultTables(results: AblationResults): TextTable[] {
  const { rows, mode, effects = [] } = results;
  const compared = (kind: "previous" | "base"): Judged[] =>
    rows.flatMap(({ name, top1 }) => (top1[kind] ? [{ name, found: top1[kind] }] : []));
  const named = effects.map((found): Judged => ({ name: found.factors.join(" x "), found }));
  const [main, interactions] = [true, false].map((single) =>
    named.filter((_, i) => (effects[i]!.factors.length === 1) === single),
  );
  return [
    tableOf("Errors in %", rows, errorColumns(results)),
    ...(mode === "cumulative" ? judgedTables("Top-1 error against the row above", compared("previous")) : []),
    ...judgedTables("Top-1 error against the first row", compared("base")),
    ...judgedTables("Main effects on the top-1 error", main!),
    ...judgedTables("Interactions in the top-1 error", interactions!),
    tableOf("Cost: parameters in millions, multiply-adds in billions", rows, costColumns),
  ];
}

function tableOf<Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): TextTable {
  const shown = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ""));
  return {
    title,
    header: shown.map(({ header }) => header),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
  };
}

const errorColumns = ({ classes }: AblationResults): Column<RowResult>[] => [
  { header: "network", cell: ({ name }) => name },
  { header: "seeds", cell: seeds },
  { header: "top-1", cell: ({ top1 }) => (top1.error ? points(top1.error.mean) : none) },
  { header: "over seeds", cell: ({ top1: { error } }) => (error ? overSeeds(error) : "") },
  {
    header: "and pictures",
    cell: ({ top1: { error } }) => (error ? bounds(error.wideInterval ?? error.interval) : ""),
  },
  {
    header: "top-5",
    cell: ({ top5 }) => (showsTop5(classes ?? Infinity) && top5.error ? points(top5.error.mean) : ""),
  },
];

const costColumns: readonly Column<RowResult>[] = [
  { header: "network", cell: ({ name }) => name },
  { header: "parameters", cell: ({ cost }) => (cost.parameters / 1e6).toPrecision(3) },
  { header: "multiply-adds", cell: ({ cost }) => billions(cost.multiplyAdds) },
  {
    header: "paper: top-1 / top-5",
    cell: ({ paper }) => (paper ? `${paper.top1 ?? none} / ${paper.top5 ?? none}` : ""),
  },
  {
    header: "its adds",
    cell: ({ paper }) => (paper?.multiplyAdds === undefined ? "" : billions(paper.multiplyAdds)),
  },
];

/** What is judged: a comparison of two rows, or an effect. */
type Judged = { readonly name: string; readonly found: RowDifference | Effect };

/** What it is, and the tests behind it. */
function judgedTables(title: string, judged: readonly Judged[]): TextTable[] {
  if (judged.length === 0) return [];
  return [
    tableOf(`${title}, in points: below zero is better`, judged, differenceColumns),
    ...(judged.some(({ found }) => found.p !== null) ? [tableOf("The tests behind it", judged, testColumns)] : []),
  ];
}

const differenceColumns: readonly Column<Judged>[] = [
  { header: "network", cell: ({ name }) => name },
  { header: "top-1", cell: ({ found }) => signed(found.mean) },
  { header: "over seeds", cell: ({ found }) => overSeeds(found) },
  { header: "and pictures", cell: ({ found }) => bounds(found.wideInterval ?? found.interval!) },
  { header: "verdict", cell: ({ found }) => found.verdict },
];

const testColumns: readonly Column<Judged>[] = [
  { header: "network", cell: ({ name }) => name },
  { header: "p", cell: ({ found }) => probability(found.p) },
  { header: "Holm", cell: ({ found }) => probability(found.adjustedP) },
  { header: "table", cell: ({ found }) => ("tableP" in found ? probability(found.tableP) : "") },
  { header: "exact", cell: ({ found }) => probability(found.exactP) },
  { header: "least", cell: ({ found }) => probability(found.leastP) },
  { header: "Welch", cell: ({ found }) => ("unpaired" in found ? probability(found.unpaired?.p ?? null) : "") },
  { header: "r", cell: ({ found }) => ("correlation" in found ? correlation(found.correlation) : "") },
  { header: "from", cell: ({ found }) => ("correlation" in found ? correlation(found.leastCorrelation) : "") },
];

const none = "-";
const isDone = ({ figures }: CellResult): boolean => figures !== undefined;
const points = (share: number): string => (100 * share).toFixed(2);
const signed = (share: number): string => `${share > 0 ? "+" : ""}${points(share)}`;
const billions = (count: number): string => (count / 1e9).toPrecision(3).replace(/\.?0+$/, "");
const bounds = ({ low, high }: Interval): string => `[${points(low)}, ${points(high)}]`;
const correlation = (r: number | null): string => (r === null ? "" : r.toFixed(2));

const seeds = ({ cells, top1 }: RowResult): string =>
  `${cells.filter(isDone).length}/${cells.length}${top1.diverged.length > 0 ? " survivors" : ""}`;

/** The interval of trainings that differ; without spread there is none, whatever stands in for it. */
function overSeeds({ sd, interval }: { readonly sd: number | null; readonly interval: Interval | null }): string {
  if (sd === null) return "one seed";
  return sd > 0 && interval ? bounds(interval) : "all equal";
}

export const probability = (p: number | null): string =>
  p === null ? "" : p < 0.001 ? "<0.001" : p === 1 ? "1" : p.toPrecision(2);

/** The cells without a result of which it is known why: "+ RMSProp, seed 1: diverged: ...". */
export const failures = ({
  rows,
}: AblationResults): { readonly cell: string; readonly message: string; readonly log: string }[] =>
  rows.flatMap(({ name, cells }) =>
    cells.flatMap(({ seed, state, log }) =>
      "message" in state ? [{ cell: `${name}, seed ${seed}`, message: `${state.kind}: ${state.message}`, log }] : [],
    ),
  );

/** What each row is: "train.labelSmoothing 0 -> 0.1". */
export const rowChanges = ({ changes }: Pick<RowResult, "changes">): string =>
  changes.map(wordChange).join(", ") || "the base experiment";
