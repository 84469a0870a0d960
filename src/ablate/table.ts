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

function columnsOf({ mode, rows, classes }: AblationResults): Column[] {
  const shown = (condition: boolean, columns: Column[]): Column[] => (condition ? columns : []);
  return [
    { header: "network", cell: ({ name }) => name },
    { header: "parameters (M)", wide: true, cell: ({ cost }) => (cost.parameters / 1e6).toPrecision(3) },
    { header: "multiply-adds (bn)", cell: ({ cost }) => billions(cost.multiplyAdds) },
    { header: "seeds", cell: ({ cells }) => `${cells.filter(isDone).length}/${cells.length}` },
    { header: "top-1 error (%)", cell: ({ top1 }) => error(top1) },
    ...shown(classes === undefined || classes >= leastClassesForTop5, [
      { header: "top-5 error (%)", cell: ({ top5 }) => error(top5) },
    ]),
    ...shown(mode === "cumulative", [
      { header: "top-1 to the row above", cell: ({ top1 }) => difference(top1.previous) },
      { header: "verdict (row above)", cell: ({ top1 }) => verdict(top1.previous) },
    ]),
    { header: "top-1 to the first row", wide: mode === "cumulative", cell: ({ top1 }) => difference(top1.base) },
    { header: "over seeds and pictures", wide: true, cell: ({ top1 }) => wideDifference(top1.base) },
    { header: "exact p (first row)", wide: true, cell: ({ top1 }) => exact(top1.base) },
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

/** With fewer, five are half of all, and a top-5 error says little; table.csv and table.json keep it. */
const leastClassesForTop5 = 10;
const none = "-";
const isDone = ({ figures }: CellResult): boolean => figures !== undefined;
const points = (share: number): string => (100 * share).toFixed(2);
const signed = (share: number): string => `${share > 0 ? "+" : ""}${points(share)}`;
const billions = (count: number): string => (count / 1e9).toPrecision(3).replace(/\.?0+$/, "");
const interval = ({ low, high }: Interval, word: (share: number) => string): string => `[${word(low)}, ${word(high)}]`;

const error = ({ error, diverged }: RowStatistics): string =>
  error
    ? `${points(error.mean)} ${interval(error.interval, points)}${diverged.length > 0 ? " of survivors" : ""}`
    : none;

const difference = (found: RowDifference | null): string =>
  found ? `${signed(found.mean)} ${interval(found.interval, signed)}` : none;

const wideDifference = (found: RowDifference | null): string =>
  found?.wideInterval ? interval(found.wideInterval, signed) : none;

const exact = (found: RowDifference | null): string =>
  found?.exactP == null || found.leastP === null
    ? none
    : `${probability(found.exactP)} (least ${probability(found.leastP)})`;

const verdict = (found: RowDifference | null): string =>
  found === null
    ? none
    : found.verdict === "one seed"
      ? found.verdict
      : `${found.verdict} (p ${probability(found.adjustedP)})`;

export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : p.toPrecision(2));

/** What has to be said below the table, a sentence each. */
export function remarks(results: AblationResults): string[] {
  const { rows, pictures, crops, comparisons, mode, warnings } = results;
  const done = rows.flatMap(({ cells }) => cells.filter(isDone)).length;
  const all = rows.flatMap(({ cells }) => cells).length;
  if (done === 0) return [`None of the ${all} cells has a result yet.`, ...warnings];
  const { families: covered, table } = comparisons;
  const families =
    mode === "cumulative" ? `${covered.previous} (row above) and ${covered.base} (first row)` : `${covered.base}`;
  return [
    `Errors on ${pictures} pictures, ${crops === "single" ? "a single crop" : `${crops} crops`}, with 95% intervals: ${intervalBasis(rows)}.`,
    ...chanceRemark(results),
    ...(covered.previous + covered.base > 0
      ? [
          "Differences are this row's error minus the other's on the same seeds and pictures, in points: below zero is better. " +
            `p is corrected (Holm) over ${families} comparisons, those over seeds apart from those over pictures; ` +
            `table.json has it over all ${table.seeds + table.pictures} of the table too. ` +
            '"not distinguishable": p is above 0.05, or an interval holds zero, be it over seeds or over seeds and pictures together.',
        ]
      : []),
    ...rowRemarks(rows),
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

/** What guessing gives, and always naming the commonest class. */
const chanceRemark = ({ classes, majority }: AblationResults): string[] =>
  classes === undefined || majority === undefined
    ? []
    : [
        `Guessing among ${classes} classes has an error of ${points(1 - 1 / classes)}%, always naming the commonest ${points(1 - majority)}%.`,
      ];

/** What has to be said of single rows. */
function rowRemarks(rows: readonly RowResult[]): string[] {
  const some = (isSuch: (row: RowResult) => boolean, text: string): string[] => {
    const names = rows.filter(isSuch).map(({ name }) => name);
    return names.length > 0 ? [`${names.join(", ")}: ${text}`] : [];
  };
  return [
    ...some(
      ({ top1 }) => [top1.base, top1.previous].some((found) => found?.verdict === "one seed"),
      "one seed, which says nothing of what training again would change, and so has no verdict.",
    ),
    ...some(
      ({ top1 }) => top1.diverged.length > 0,
      "mean of survivors: other seeds diverged, and such a row cannot win.",
    ),
    ...some(
      ({ top1 }) => top1.seeds.length > 1 && top1.error?.sd === 0,
      "every seed has the same error: are these different trainings?",
    ),
  ];
}

function intervalBasis(rows: readonly RowResult[]): string {
  const found = rows.flatMap(({ top1 }) => (top1.error ? [top1.error.intervalBy] : []));
  if (!found.includes("Student's t")) return "over pictures (Wilson): each row has one seed, or seeds without spread";
  const overSeeds = "over seeds (Student's t), which leave out the sampling of pictures";
  return found.includes("Wilson")
    ? `${overSeeds}; over pictures (Wilson) where a row has one seed or no spread`
    : overSeeds;
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
