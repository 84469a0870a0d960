// Two results on the same pictures: the table of agreement, McNemar's exact test, a bootstrap interval of the difference.
import { type Agreement, agree } from "./agreement.ts";
import { binomialCdf } from "./distributions.ts";
import { generator } from "./generator.ts";
import type { Interval } from "./interval.ts";
import { newcombe, tango } from "./score-interval.ts";

export interface PairedRates {
  readonly n: number;
  readonly agreement: Agreement;
  /** Share of pictures that A got right, and B. */
  readonly accuracyA: number;
  readonly accuracyB: number;
  /** A's accuracy minus B's. */
  readonly difference: number;
  /** 95% interval of the difference over pictures: percentile bootstrap, or Tango's where no resample differs. */
  readonly interval: Interval;
  readonly intervalBy: "bootstrap" | "Tango";
  /** 95% score intervals of the difference, which never vanish. */
  readonly scoreIntervals: { readonly tango: Interval; readonly newcombe: Interval };
  /** Two-sided exact McNemar p. */
  readonly p: number;
}

/** `a` and `b`: 1 where a picture was right, 0 where wrong, a share where a tie decides, in the same order. */
export function comparePaired(a: ArrayLike<number>, b: ArrayLike<number>): PairedRates {
  const agreement = agree(a, b);
  const scoreIntervals = { tango: tango(agreement), newcombe: newcombe(agreement) };
  return { ...pairedRates(agreement), agreement, scoreIntervals, ...intervalOf(agreement, scoreIntervals.tango) };
}

function intervalOf(agreement: Agreement, score: Interval): Pick<PairedRates, "interval" | "intervalBy"> {
  const resampled = bootstrapDifference(agreement);
  return resampled.low < resampled.high
    ? { interval: resampled, intervalBy: "bootstrap" }
    : { interval: score, intervalBy: "Tango" };
}

type FromTable = "n" | "accuracyA" | "accuracyB" | "difference" | "p";

/** What follows from the table alone. */
export function pairedRates({ both, onlyA, onlyB, neither }: Agreement): Pick<PairedRates, FromTable> {
  const n = both + onlyA + onlyB + neither;
  return {
    n,
    accuracyA: (both + onlyA) / n,
    accuracyB: (both + onlyB) / n,
    difference: (onlyA - onlyB) / n,
    p: mcnemar(onlyA, onlyB),
  };
}

/**
 * Two-sided exact p: of the pictures that only one got right, as many on one side by chance 1/2. Shares of pictures, from ties, are taken by the
 * beta function, which continues the binomial distribution between whole numbers.
 * Source: Q. McNemar, Psychometrika 12 (1947); the exact form in Fagerland et al., BMC Med. Res. Methodol. 13:91 (2013).
 */
export function mcnemar(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  const counted = n <= 1000 && Number.isInteger(n) && Number.isInteger(fewer);
  return Math.min(1, 2 * (counted ? halves(fewer, n) : binomialCdf(fewer, n, 0.5)));
}

/** P(X <= k) of n fair tosses, term by term: exact as long as 2^n has room. */
function halves(k: number, n: number): number {
  let [term, total] = [0.5 ** n, 0];
  for (let i = 0; i <= k; i++) {
    total += term;
    term *= (n - i) / (i + 1);
  }
  return total;
}

/**
 * Percentile interval of A's accuracy minus B's over resampled pictures (Efron 1979). A resample of pictures changes only
 * how many fall into each cell of the table, so the cells are drawn, from the multinomial distribution of such resamples.
 */
export function bootstrapDifference(
  { both, onlyA, onlyB, neither }: Agreement,
  { resamples = 10_000, seed = 0, level = 0.95 } = {},
): Interval {
  const n = Math.round(both + onlyA + onlyB + neither);
  const { binomial } = generator(seed);
  const differences = Float64Array.from({ length: resamples }, () => {
    const drawnA = binomial(n, onlyA / n);
    const drawnB = n > onlyA ? binomial(n - drawnA, onlyB / (n - onlyA)) : 0;
    return (drawnA - drawnB) / n;
  }).sort();
  return { low: quantile(differences, (1 - level) / 2), high: quantile(differences, (1 + level) / 2) };
}

/** Of sorted values, interpolated (type 7 of Hyndman and Fan 1996). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
