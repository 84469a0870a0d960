// Two rows of an ablation set against each other: over the seeds that both finished, or the pictures of one seed.
import { type Agreement, agree } from "./agreement.ts";
import { contrast } from "./contrast.ts";
import type { Interval } from "./interval.ts";
import { comparePaired } from "./paired.ts";
import { tango } from "./score-interval.ts";
import { correlation, leastCorrelation, type Unpaired, welch } from "./unpaired.ts";

/** One finished training: which pictures it got right. */
export interface AblationCell {
  readonly seed: number;
  /** 1 where a picture was right, 0 where wrong, a share where a tie decides; the same pictures in the same order in every cell. */
  readonly correct: ArrayLike<number>;
}

/** `cells` holds the finished ones, in any order, none of them twice; cells that failed are left out. */
export interface AblationRow {
  readonly name: string;
  readonly cells: readonly AblationCell[];
  /** Seeds whose training diverged: they would have been the worst, and are not in the mean. */
  readonly diverged?: readonly number[];
}

/** What varies in interval and test: trainings, paired by seed; or, where both rows share one seed only, pictures. */
export type Basis = "seeds" | "pictures";

/** A row's error against another row's, on the same pictures. Differences are this row's error minus the other's: below zero is better. */
export interface Difference {
  /** Name of the other row. */
  readonly to: string;
  /** Seeds that both rows finished. */
  readonly seeds: readonly number[];
  readonly basis: Basis;
  readonly mean: number;
  /** Sample standard deviation over seeds of the difference; null with one seed. */
  readonly sd: number | null;
  /** 95%: over seeds, the pictures taken as given; over pictures with one seed. */
  readonly interval: Interval;
  /** Tango's, over pictures, stands in where the other would vanish: all seeds, or all pictures, give the same difference. */
  readonly intervalBy: "Student's t" | "bootstrap" | "Tango";
  /** 95% over other seeds and other pictures (`overSeedsAndPictures`); null with one seed. */
  readonly wideInterval: Interval | null;
  /** The test behind `p`; sign-flip stands in where all seeds differ by the same amount, for lack of spread. */
  readonly test: "paired t" | "sign-flip" | "McNemar";
  /** Two-sided. */
  readonly p: number;
  /** Exact sign-flip p over seeds, and the smallest that so many can give: 2/2^n, so 5% takes six. Null with one seed. */
  readonly exactP: number | null;
  readonly leastP: number | null;
  /** Cohen's d_z of the differences over seeds; null with one seed or without spread. */
  readonly effect: number | null;
  /** Welch's test of all finished seeds of both rows, not paired; null where one of them has a single seed, or none has spread. */
  readonly unpaired: Unpaired | null;
  /** Of the two rows' errors over the seeds they share; null of fewer than three. */
  readonly correlation: number | null;
  /** From which on pairing makes the interval the narrower one (`leastCorrelation`); null with one seed. */
  readonly leastCorrelation: number | null;
  /** Pictures summed over the shared seeds; A is this row, B the other. */
  readonly agreement: Agreement;
}

export const bySeed = ({ cells }: AblationRow): AblationCell[] => [...cells].sort((a, b) => a.seed - b.seed);
/** By count, so that equal numbers of pictures give equal shares to the last bit. */
export function errorOf({ correct }: AblationCell): number {
  let wrong = 0;
  for (let i = 0; i < correct.length; i++) wrong += 1 - correct[i]!;
  return wrong / correct.length;
}

/** Null where no seed is shared. */
export function difference(row: AblationRow, other: AblationRow): Difference | null {
  const others = new Map(other.cells.map((cell) => [cell.seed, cell]));
  const pairs = bySeed(row).flatMap((own): Pair[] => {
    const theirs = others.get(own.seed);
    return theirs ? [{ own, theirs }] : [];
  });
  if (pairs.length === 0) return null;
  const common = {
    to: other.name,
    seeds: pairs.map(({ own }) => own.seed),
    unpaired: welch(row.cells.map(errorOf), other.cells.map(errorOf)),
  };
  return pairs.length === 1 ? { ...common, ...overPictures(pairs[0]!) } : { ...common, ...overSeeds(pairs) };
}

type Pair = { readonly own: AblationCell; readonly theirs: AblationCell };
type Found = Omit<Difference, "to" | "seeds" | "unpaired">;

function overPictures({ own, theirs }: Pair): Found {
  // Errors are one minus accuracies, so their difference is the accuracies' the other way round.
  const { difference, interval, intervalBy, p, agreement } = comparePaired(own.correct, theirs.correct);
  return {
    basis: "pictures",
    mean: -difference,
    sd: null,
    interval: mirrored(interval),
    intervalBy,
    wideInterval: null,
    test: "McNemar",
    p,
    exactP: null,
    leastP: null,
    effect: null,
    correlation: null,
    leastCorrelation: null,
    agreement,
  };
}

function overSeeds(pairs: readonly Pair[]): Found {
  const perSeed = pairs.map(({ own, theirs }) =>
    Float64Array.from(own.correct, (right, i) => theirs.correct[i]! - right),
  );
  const { interval, wideInterval, test, p, ...found } = contrast(perSeed);
  const agreement = pairs.map(({ own, theirs }) => agree(own.correct, theirs.correct)).reduce(addAgreement);
  const score = mirrored(tango(scaled(agreement, 1 / pairs.length)));
  const wide = wideInterval.low < wideInterval.high ? wideInterval : score;
  return {
    ...found,
    basis: "seeds",
    interval: interval ?? score,
    intervalBy: interval ? "Student's t" : "Tango",
    wideInterval: wide,
    test: test!,
    p: p!,
    correlation: correlation(
      pairs.map(({ own }) => errorOf(own)),
      pairs.map(({ theirs }) => errorOf(theirs)),
    ),
    leastCorrelation: leastCorrelation(pairs.length),
    agreement,
  };
}

const mirrored = ({ low, high }: Interval): Interval => ({ low: -high, high: -low });

const addAgreement = (a: Agreement, b: Agreement): Agreement => ({
  both: a.both + b.both,
  onlyA: a.onlyA + b.onlyA,
  onlyB: a.onlyB + b.onlyB,
  neither: a.neither + b.neither,
});
const scaled = ({ both, onlyA, onlyB, neither }: Agreement, by: number): Agreement => ({
  both: both * by,
  onlyA: onlyA * by,
  onlyB: onlyB * by,
  neither: neither * by,
});

/** Values of the pictures of each seed, as `contrast` takes them: the errors themselves. */
export const errorsOf = (cells: readonly AblationCell[]): Float64Array[] =>
  cells.map(({ correct }) => Float64Array.from(correct, (right) => 1 - right));
