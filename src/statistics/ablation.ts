// What rows of an ablation say against each other, over seeds and pictures.
import { type Interval, includesZero, wilson } from "./interval.ts";
import { type Agreement, agree, comparePaired } from "./paired.ts";
import { cohenDz, describe, holm, pairedT, signFlip } from "./repeats.ts";

/** One finished training: which pictures it got right. */
export interface AblationCell {
  readonly seed: number;
  /** 1 where a picture was right, 0 where wrong; the same pictures in the same order in every cell. */
  readonly correct: ArrayLike<number>;
}

/** `cells` holds the finished ones, in any order, none of them twice; cells that failed are left out. */
export interface AblationRow {
  readonly name: string;
  readonly cells: readonly AblationCell[];
}

export type Verdict = "better" | "worse" | "not distinguishable";

/** A row's error against another row's, on the same pictures. Differences are this row's error minus the other's: below zero is better. */
export interface RowDifference {
  /** Name of the other row. */
  readonly to: string;
  /** Seeds that both rows finished. */
  readonly seeds: readonly number[];
  /** What varies in interval and test: trainings, paired by seed; or, where both rows share one seed only, pictures. */
  readonly basis: "seeds" | "pictures";
  readonly mean: number;
  /** Sample standard deviation over seeds of the difference; null with one seed. */
  readonly sd: number | null;
  /** 95%: Student's t over seeds, or bootstrap over pictures; null where all seeds differ by the same amount. */
  readonly interval: Interval | null;
  /** The test behind `p`; sign-flip stands in where all seeds differ by the same amount, for lack of spread. */
  readonly test: "paired t" | "sign-flip" | "McNemar";
  /** Two-sided. */
  readonly p: number;
  /** Holm's correction over all rows compared in the same way (to the previous row, or to the base). */
  readonly adjustedP: number;
  /** Exact sign-flip p over seeds; with n seeds it cannot fall below 2/2^n, so 5% takes six. Null with one seed. */
  readonly exactP: number | null;
  /** Cohen's d_z of the differences over seeds; null with one seed or without spread. */
  readonly effect: number | null;
  /** Pictures summed over the shared seeds; A is this row, B the other. */
  readonly agreement: Agreement;
  /** Better or worse only where the interval leaves out zero and the adjusted p is at most 0.05. */
  readonly verdict: Verdict;
}

export interface RowStatistics {
  readonly name: string;
  /** In ascending order; empty when no cell of the row finished, and then `error` is null. */
  readonly seeds: readonly number[];
  readonly error: {
    /** Shares of pictures wrong, in the order of `seeds`. */
    readonly perSeed: readonly number[];
    readonly mean: number;
    readonly sd: number | null;
    /** 95%: Student's t over seeds, the pictures taken as given; with one seed Wilson's over pictures. */
    readonly interval: Interval;
    readonly basis: "seeds" | "pictures";
  } | null;
  /** Null for the first row, where no seed is shared, and where the caller wants none. */
  readonly previous: RowDifference | null;
  readonly base: RowDifference | null;
}

export interface AblationStatistics {
  readonly pictures: number;
  readonly rows: readonly RowStatistics[];
  /** How many comparisons Holm's correction covers. */
  readonly families: { readonly previous: number; readonly base: number };
  /** True where every comparison rests on one seed: nothing is known of how much training again would change. */
  readonly oneSeed: boolean;
}

/** Two-sided error level of intervals, tests and verdicts. */
const alpha = 0.05;

/**
 * Statistics of one figure (such as top-1 error) over all rows; the first row is the base. `previous: false` leaves out
 * the comparison to the row before, for plans whose rows do not build on each other.
 *
 * Over seeds the pictures are taken as given: the interval says what training again would change, not what other pictures would.
 *
 * @throws RangeError where cells hold different numbers of pictures, or a row has a seed twice.
 */
export function ablationStatistics(
  rows: readonly AblationRow[],
  { previous = true }: { previous?: boolean } = {},
): AblationStatistics {
  const pictures = countPictures(rows);
  const toPrevious = correct(rows.map((row, i) => (previous && i > 0 ? difference(row, rows[i - 1]!) : null)));
  const toBase = correct(rows.map((row, i) => (i > 0 ? difference(row, rows[0]!) : null)));
  const outcomes = rows.map((row, i) => ({ ...outcome(row), previous: toPrevious[i]!, base: toBase[i]! }));
  const compared = [...toPrevious, ...toBase].filter((found) => found !== null);
  return {
    pictures,
    rows: outcomes,
    families: { previous: count(toPrevious), base: count(toBase) },
    oneSeed: compared.length > 0 && compared.every(({ basis }) => basis === "pictures"),
  };
}

const count = (found: readonly unknown[]): number => found.filter((one) => one !== null).length;

function countPictures(rows: readonly AblationRow[]): number {
  const lengths = new Set(rows.flatMap(({ cells }) => cells.map((cell) => cell.correct.length)));
  if (lengths.size > 1) throw new RangeError(`cells of ${[...lengths].join(" and ")} pictures cannot be paired`);
  const twice = rows.find(({ cells }) => new Set(cells.map(({ seed }) => seed)).size < cells.length);
  if (twice) throw new RangeError(`the row "${twice.name}" has a seed twice`);
  return [...lengths][0] ?? 0;
}

const bySeed = ({ cells }: AblationRow): AblationCell[] => [...cells].sort((a, b) => a.seed - b.seed);
const countWrong = ({ correct }: AblationCell): number =>
  Array.prototype.reduce.call<ArrayLike<number>, [(sum: number, right: number) => number, number], number>(
    correct,
    (sum, right) => sum + (right ? 0 : 1),
    0,
  );

function outcome(row: AblationRow): Pick<RowStatistics, "name" | "seeds" | "error"> {
  const cells = bySeed(row);
  const seeds = cells.map(({ seed }) => seed);
  if (cells.length === 0) return { name: row.name, seeds, error: null };
  const n = cells[0]!.correct.length;
  const perSeed = cells.map((cell) => countWrong(cell) / n);
  const { mean, sd, interval } = describe(perSeed);
  return {
    name: row.name,
    seeds,
    error: {
      perSeed,
      mean,
      sd,
      interval: interval ?? wilson(countWrong(cells[0]!), n),
      basis: interval ? "seeds" : "pictures",
    },
  };
}

type Uncorrected = Omit<RowDifference, "adjustedP" | "verdict">;

function difference(row: AblationRow, other: AblationRow): Uncorrected | null {
  const others = new Map(other.cells.map((cell) => [cell.seed, cell]));
  const pairs = bySeed(row).flatMap((own) => {
    const theirs = others.get(own.seed);
    return theirs ? [{ own, theirs }] : [];
  });
  if (pairs.length === 0) return null;
  const common = { to: other.name, seeds: pairs.map(({ own }) => own.seed) };
  if (pairs.length === 1) return { ...common, ...overPictures(pairs[0]!.own.correct, pairs[0]!.theirs.correct) };
  const differences = pairs.map(({ own, theirs }) => (countWrong(own) - countWrong(theirs)) / own.correct.length);
  const agreement = pairs.map(({ own, theirs }) => agree(own.correct, theirs.correct)).reduce(addAgreement);
  return { ...common, ...overSeeds(differences), agreement };
}

function overPictures(own: ArrayLike<number>, theirs: ArrayLike<number>) {
  // Errors are one minus accuracies, so their difference is the accuracies' the other way round.
  const { difference, interval, p, agreement } = comparePaired(own, theirs);
  return {
    basis: "pictures",
    mean: -difference,
    sd: null,
    interval: { low: -interval.high, high: -interval.low },
    test: "McNemar",
    p,
    exactP: null,
    effect: null,
    agreement,
  } as const;
}

function overSeeds(differences: readonly number[]) {
  const { mean, sd, interval } = describe(differences);
  const exactP = signFlip(differences);
  const common = { basis: "seeds", mean, sd, exactP, effect: cohenDz(differences) } as const;
  if (sd === 0) return { ...common, interval: null, test: "sign-flip", p: exactP } as const;
  return { ...common, interval, test: "paired t", p: pairedT(differences).p } as const;
}

const addAgreement = (a: Agreement, b: Agreement): Agreement => ({
  both: a.both + b.both,
  onlyA: a.onlyA + b.onlyA,
  onlyB: a.onlyB + b.onlyB,
  neither: a.neither + b.neither,
});

function correct(found: readonly (Uncorrected | null)[]): (RowDifference | null)[] {
  const adjusted = holm(found.flatMap((one) => (one === null ? [] : [one.p])));
  let next = 0;
  return found.map((one) => {
    if (one === null) return null;
    const adjustedP = adjusted[next++]!;
    return { ...one, adjustedP, verdict: judge(one, adjustedP) };
  });
}

function judge({ mean, interval }: Uncorrected, adjustedP: number): Verdict {
  if (adjustedP > alpha || (interval !== null && includesZero(interval))) return "not distinguishable";
  return mean < 0 ? "better" : "worse";
}
