// The table of an ablation, in the form of the paper's Table 3: errors and cost beside our intervals, differences and verdicts.
import type { RowDifference, RowStatistics } from "../statistics/ablation.ts";
import type { Interval } from "../statistics/interval.ts";
import { wordChange } from "./diff.ts";
import type { AblationResults, CellResult, RowResult } from "./results.ts";

/** Ready to print: every cell is text. */
export type TextTable = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

type Column = {
  readonly header: string;
  /** Left out on a terminal, where the table would be too wide. */
  readonly wide?: boolean;
  readonly cell: (row: RowResult) => string;
};

/** The table for people; `narrow` leaves out what a terminal has no room for. */
export function resultTable(results: AblationResults, { narrow = false } = {}): TextTable {
  const columns = columnsOf(results).filter(({ wide }) => !(narrow && wide));
  return {
    header: columns.map(({ header }) => header),
    rows: results.rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

function columnsOf({ mode, rows }: AblationResults): Column[] {
  const shown = (condition: boolean, columns: Column[]): Column[] => (condition ? columns : []);
  return [
    { header: "network", cell: ({ name }) => name },
    { header: "parameters (M)", wide: true, cell: ({ cost }) => (cost.parameters / 1e6).toPrecision(3) },
    { header: "multiply-adds (bn)", cell: ({ cost }) => billions(cost.multiplyAdds) },
    { header: "seeds", cell: ({ cells }) => `${cells.filter(isDone).length}/${cells.length}` },
    { header: "top-1 error (%)", cell: ({ top1 }) => error(top1) },
    { header: "top-5 error (%)", cell: ({ top5 }) => error(top5) },
    ...shown(mode === "cumulative", [
      { header: "top-1 to the row above", cell: ({ top1 }) => difference(top1.previous) },
      { header: "verdict (row above)", cell: ({ top1 }) => verdict(top1.previous) },
    ]),
    { header: "top-1 to the first row", wide: mode === "cumulative", cell: ({ top1 }) => difference(top1.base) },
    { header: "verdict (first row)", cell: ({ top1 }) => verdict(top1.base) },
    ...shown(
      rows.some(({ paper }) => paper),
      [
        {
          header: "paper, ImageNet: top-1 / top-5 (%)",
          cell: ({ paper }) => (paper ? `${paper.top1 ?? none} / ${paper.top5 ?? none}` : ""),
        },
        {
          header: "paper: multiply-adds (bn)",
          wide: true,
          cell: ({ paper }) => (paper?.multiplyAdds === undefined ? "" : billions(paper.multiplyAdds)),
        },
      ],
    ),
  ];
}

const none = "-";
const isDone = ({ figures }: CellResult): boolean => figures !== undefined;
const points = (share: number): string => (100 * share).toFixed(2);
const signed = (share: number): string => `${share > 0 ? "+" : ""}${points(share)}`;
const billions = (count: number): string => (count / 1e9).toPrecision(3).replace(/\.?0+$/, "");
const interval = ({ low, high }: Interval, word: (share: number) => string): string => `[${word(low)}, ${word(high)}]`;

const error = ({ error }: RowStatistics): string =>
  error ? `${points(error.mean)} ${interval(error.interval, points)}` : none;

const difference = (found: RowDifference | null): string =>
  found ? `${signed(found.mean)}${found.interval ? ` ${interval(found.interval, signed)}` : ""}` : none;

const verdict = (found: RowDifference | null): string =>
  found ? `${found.verdict} (p ${probability(found.adjustedP)})` : none;

export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : p.toPrecision(2));

/** What has to be said below the table, a sentence each. */
export function remarks(results: AblationResults): string[] {
  const { rows, pictures, crops, comparisons, mode, warnings } = results;
  const done = rows.flatMap(({ cells }) => cells.filter(isDone)).length;
  const all = rows.flatMap(({ cells }) => cells).length;
  if (done === 0) return [`None of the ${all} cells has a result yet.`, ...warnings];
  const { previous, base } = comparisons.families;
  const families = mode === "cumulative" ? `${previous} (row above) and ${base} (first row)` : `${base}`;
  return [
    `Errors on ${pictures} pictures, ${crops === "single" ? "a single crop" : `${crops} crops`}, with 95% intervals: ${intervalBasis(rows)}.`,
    ...(previous + base > 0
      ? [
          `Differences are this row's error minus the other's on the same seeds and pictures, in points: below zero is better. p is corrected (Holm) over ${families} comparisons; "not distinguishable": the interval holds zero, or p is above 0.05.`,
        ]
      : []),
    ...(comparisons.oneSeed
      ? [
          "Every comparison rests on one seed: tests are over pictures only (McNemar) and say nothing of what training again would change.",
        ]
      : []),
    ...(rows.some(({ paper }) => paper)
      ? [
          "The paper's columns are the figures of arXiv 1512.00567 on ImageNet at its own size: another data set, shown for orientation and not comparable.",
        ]
      : []),
    ...(done < all ? [`Without a result: ${all - done} of ${all} cells.`] : []),
    ...warnings,
  ];
}

function intervalBasis(rows: readonly RowResult[]): string {
  const bases = new Set(rows.flatMap(({ top1 }) => (top1.error ? [top1.error.basis] : [])));
  if (bases.size === 2) return "over seeds (Student's t), and over pictures (Wilson) in rows with one seed";
  return bases.has("seeds") ? "over seeds (Student's t)" : "over pictures (Wilson): each row has one seed";
}

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
