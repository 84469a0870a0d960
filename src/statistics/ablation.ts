// What rows of an ablation say against each other, over seeds and pictures.
import {
  type AblationCell,
  type AblationRow,
  type Basis,
  bySeed,
  type Difference,
  difference,
  errorOf,
  errorsOf,
} from "./difference.ts";
import { type Interval, wilson, within } from "./interval.ts";
import { describe } from "./repeats.ts";
import { overSeedsAndPictures } from "./two-level.ts";
import { adjustWithin, judge, survivorsOnly, type Verdict } from "./verdict.ts";

export interface RowDifference extends Difference {
  /** Holm's correction over the comparisons of the same kind (to the row above, to the first row) and basis, of which there are `family`. */
  readonly adjustedP: number;
  readonly family: number;
  /** Holm's correction over all different comparisons of the table with the same basis. */
  readonly tableP: number;
  readonly verdict: Verdict;
}

export interface RowStatistics {
  readonly name: string;
  /** In ascending order; empty when no cell of the row finished, and then `error` is null. */
  readonly seeds: readonly number[];
  /** Seeds whose training diverged; the row's mean is of the others. */
  readonly diverged: readonly number[];
  readonly error: {
    /** Shares of pictures wrong, in the order of `seeds`. */
    readonly perSeed: readonly number[];
    readonly mean: number;
    readonly sd: number | null;
    /** 95%, within 0 and 1: Student's t over seeds, the pictures taken as given; Wilson's over pictures with one seed or without spread. */
    readonly interval: Interval;
    readonly intervalBy: "Student's t" | "Wilson";
    /** 95% over other seeds and other pictures; null with one seed. */
    readonly wideInterval: Interval | null;
    readonly basis: Basis;
  } | null;
  /** Null for the first row, where no seed is shared, and where the caller wants none. */
  readonly previous: RowDifference | null;
  readonly base: RowDifference | null;
}

export interface AblationStatistics {
  readonly pictures: number;
  readonly rows: readonly RowStatistics[];
  /** How many comparisons there are of each kind; seeds and pictures are corrected apart. */
  readonly families: { readonly previous: number; readonly base: number };
  /** How many different comparisons the whole table makes, which `tableP` is corrected for. */
  readonly table: { readonly [B in Basis]: number };
  /** True where every comparison rests on one seed: nothing is known of how much training again would change. */
  readonly oneSeed: boolean;
}

/**
 * Statistics of one figure (such as top-1 error) over all rows; the first row is the base. `previous: false` leaves out
 * the comparison to the row before, for plans whose rows do not build on each other.
 *
 * @throws RangeError where cells hold different numbers of pictures, or a row has a seed twice.
 */
export function ablationStatistics(
  rows: readonly AblationRow[],
  { previous = true }: { previous?: boolean } = {},
): AblationStatistics {
  const pictures = countPictures(rows);
  const toPrevious = compareAll(rows, "previous", (i) => (previous ? i - 1 : -1));
  // The second row's row above is the first: one comparison, not two.
  const toBase = compareAll(rows, "base", () => 0).map((one) =>
    one?.row === 1 && toPrevious[1] ? { ...one, found: toPrevious[1].found } : one,
  );
  const judged = judgeAll(
    rows,
    pictures,
    [...toPrevious, ...toBase].filter((one) => one !== null),
  );
  const of = (one: Compared | null): RowDifference | null => (one === null ? null : judged.get(one)!);
  const found = [...judged.keys()].map(({ found }) => found);
  return {
    pictures,
    rows: rows.map((row, i) => ({ ...outcome(row), previous: of(toPrevious[i]!), base: of(toBase[i]!) })),
    families: { previous: count(toPrevious), base: count(toBase) },
    table: { seeds: countBasis(found, "seeds"), pictures: countBasis(found, "pictures") },
    oneSeed: found.length > 0 && found.every(({ basis }) => basis === "pictures"),
  };
}

const count = (found: readonly unknown[]): number => found.filter((one) => one !== null).length;
const countBasis = (found: readonly Difference[], basis: Basis): number =>
  new Set(found.filter((one) => one.basis === basis)).size;

function countPictures(rows: readonly AblationRow[]): number {
  const lengths = new Set(rows.flatMap(({ cells }) => cells.map((cell) => cell.correct.length)));
  if (lengths.size > 1) throw new RangeError(`cells of ${[...lengths].join(" and ")} pictures cannot be paired`);
  const twice = rows.find(({ cells }) => new Set(cells.map(({ seed }) => seed)).size < cells.length);
  if (twice) throw new RangeError(`the row "${twice.name}" has a seed twice`);
  return [...lengths][0] ?? 0;
}

function outcome(row: AblationRow): Pick<RowStatistics, "name" | "seeds" | "diverged" | "error"> {
  const cells = bySeed(row);
  const about = { name: row.name, seeds: cells.map(({ seed }) => seed), diverged: row.diverged ?? [] };
  return { ...about, error: cells.length === 0 ? null : errorOver(cells) };
}

function errorOver(cells: readonly AblationCell[]): NonNullable<RowStatistics["error"]> {
  const n = cells[0]!.correct.length;
  const perSeed = cells.map(errorOf);
  const { mean, sd, interval } = describe(perSeed);
  const score = wilson(mean * n, n);
  const basis = sd === null ? "pictures" : "seeds";
  const common = {
    perSeed,
    mean,
    sd,
    basis,
    wideInterval: basis === "seeds" ? wideError(cells, score) : null,
  } as const;
  return sd
    ? { ...common, interval: within(interval!, 0, 1), intervalBy: "Student's t" }
    : { ...common, interval: score, intervalBy: "Wilson" };
}

function wideError(cells: readonly AblationCell[], score: Interval): Interval {
  const found = within(overSeedsAndPictures(errorsOf(cells)), 0, 1);
  return found.low < found.high ? found : score;
}

type Compared = {
  readonly kind: "previous" | "base";
  readonly row: number;
  readonly other: number;
  readonly found: Difference;
};

function compareAll(
  rows: readonly AblationRow[],
  kind: Compared["kind"],
  otherOf: (row: number) => number,
): (Compared | null)[] {
  return rows.map((row, i) => {
    const other = i === 0 ? -1 : otherOf(i);
    const found = other < 0 ? null : difference(row, rows[other]!);
    return found && { kind, row: i, other, found };
  });
}

function judgeAll(
  rows: readonly AblationRow[],
  pictures: number,
  compared: readonly Compared[],
): Map<Compared, RowDifference> {
  const overSeeds = rows.some(({ cells }) => cells.length > 1);
  const different = [...new Set(compared.map(({ found }) => found))];
  const inTable = adjustWithin(different, ({ basis }) => basis);
  const inFamily = adjustWithin(
    compared.map(({ kind, found: { p, basis } }) => ({ p, family: `${kind} ${basis}` })),
    ({ family }) => family,
  );
  return new Map(
    compared.map((one, i) => {
      const { adjustedP, family } = inFamily[i]!;
      const tableP = inTable[different.indexOf(one.found)]!.adjustedP;
      const verdict = judge({ ...one.found, pictures, adjustedP });
      const [own, other] = [rows[one.row]!.diverged ?? [], rows[one.other]!.diverged ?? []];
      const said = overSeeds && one.found.basis === "pictures" ? "one seed" : survivorsOnly(verdict, own, other);
      return [one, { ...one.found, adjustedP, family, tableP, verdict: said }];
    }),
  );
}
