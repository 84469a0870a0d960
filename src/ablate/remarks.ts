// What has to be said below an ablation's tables: what the intervals and tests are of, and what no figure shows.
import { counted } from "../counted.ts";
import type { AblationResults, CellResult, RowResult } from "./results.ts";

const isDone = ({ figures }: CellResult): boolean => figures !== undefined;
const points = (share: number): string => (100 * share).toFixed(2);

/** A sentence or a few each. */
export function remarks(results: AblationResults): string[] {
  const { rows, warnings } = results;
  const cells = rows.flatMap((row) => row.cells);
  const done = cells.filter(isDone).length;
  if (done === 0) return [`None of the ${cells.length} cells has a result yet.`, ...warnings];
  return [
    ...errorRemarks(results),
    ...differenceRemarks(results),
    ...effectRemarks(results),
    ...rowRemarks(rows),
    ...(rows.some(({ paper }) => paper)
      ? [
          "The paper's columns are the figures of arXiv 1512.00567 on ImageNet at its own size: another data set, shown for orientation and not comparable.",
        ]
      : []),
    ...(done < cells.length ? [`Without a result: ${cells.length - done} of ${cells.length} cells.`] : []),
    ...warnings,
  ];
}

function errorRemarks({ rows, pictures, crops, classes, majority, comparisons }: AblationResults): string[] {
  const some = rows.some(({ top1 }) => top1.seeds.length > 1);
  return [
    `Errors on ${pictures} pictures, ${crops === "single" ? "a single crop" : `${crops} crops`}, with 95% intervals. ` +
      (some
        ? '"over seeds": Student\'s t, which leaves out the sampling of pictures; "and pictures": over other trainings and other pictures together, ' +
          "or with one seed over pictures alone."
        : '"and pictures": with one seed over pictures alone (Wilson, bootstrap).'),
    ...(classes === undefined || majority === undefined
      ? []
      : [
          `Guessing among ${classes} classes has an error of ${points(1 - 1 / classes)}%, always naming the commonest ${points(1 - majority)}%.`,
        ]),
    ...(comparisons.oneSeed
      ? [
          "Every comparison rests on one seed: tests are over pictures only (McNemar) and say nothing of what training again would change.",
        ]
      : []),
  ];
}

function differenceRemarks({ mode, comparisons: { families, table, oneSeed } }: AblationResults): string[] {
  if (families.previous + families.base === 0) return [];
  const covered =
    mode === "cumulative"
      ? `${families.previous} (row above) and ${counted(families.base, "comparison")} (first row)`
      : counted(families.base, "comparison");
  const inTable = [
    table.seeds > 0 && `${table.seeds} over seeds`,
    table.pictures > 0 && `${table.pictures} over pictures`,
  ]
    .filter(Boolean)
    .join(" and ");
  return [
    "Differences are this row's error minus the other's, on the same seeds and pictures.",
    `p: ${oneSeed ? "McNemar's" : "paired t"}; Holm: corrected over ${covered}, those over seeds apart from those over pictures; ` +
      `table: over all of the table, ${inTable}.` +
      (oneSeed
        ? ""
        : ' exact: sign-flip test, which with so few seeds cannot go below "least". Welch: the test without pairing; r: correlation of the two ' +
          'rows over seeds, and "from" which on the paired interval is the narrower. The verdict goes by the paired test whatever r is.'),
    '"not distinguishable": Holm\'s p is above 0.05, or an interval holds zero, be it over seeds or over seeds and pictures, or the difference is of ' +
      "fewer than four pictures.",
  ];
}

function effectRemarks({ effects, rows }: AblationResults): string[] {
  if (effects === undefined) return [];
  const missing = rows.length - 1 - effects.length;
  return [
    ...(effects.length === 0
      ? []
      : [
          "An effect is the error with a change minus the error without, mean over every setting of the others; an interaction is the effect of one " +
            "change with the other minus that without: below zero, both together bring more than their sum. Holm: over the effects of as many changes.",
        ]),
    ...(missing > 0 ? [`Left out: ${missing} effects of which not every row has a result with the same seed.`] : []),
  ];
}

/** What has to be said of single rows. */
function rowRemarks(rows: readonly RowResult[]): string[] {
  const some = (isSuch: (row: RowResult) => boolean, text: string): string[] => {
    const names = rows.filter(isSuch).map(({ name }) => name);
    return names.length > 0 ? [`${names.join(", ")}: ${text}`] : [];
  };
  const compared = ({ top1 }: RowResult) => [top1.base, top1.previous].filter((found) => found !== null);
  return [
    ...some(
      (row) => compared(row).some(({ verdict }) => verdict === "one seed"),
      "one seed, which says nothing of what training again would change, and so has no verdict.",
    ),
    ...some(
      ({ top1 }) => top1.diverged.length > 0,
      "mean of survivors: other seeds diverged, and such a row cannot win.",
    ),
    ...some(
      ({ top1 }) => top1.seeds.length > 1 && top1.error?.sd === 0,
      "every seed has the same error. Are these different trainings?",
    ),
    ...some(
      (row) => compared(row).some(({ basis, intervalBy }) => basis === "seeds" && intervalBy === "Tango"),
      "every seed has the same difference, which leaves nothing to judge by over seeds: the sign-flip test stands in, and table.json has Tango's " +
        "interval over pictures.",
    ),
  ];
}
