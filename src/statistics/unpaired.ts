// Two sets of repeats that are not paired: Welch's test; and the correlation that says what pairing was worth.
import { studentP, studentQuantile } from "./distributions.ts";
import { type Interval, within } from "./interval.ts";
import { describe } from "./repeats.ts";

export interface Unpaired {
  /** Mean of the first minus mean of the second, shares. */
  readonly mean: number;
  readonly interval: Interval;
  readonly df: number;
  readonly p: number;
}

/**
 * Welch's t test of two sets of shares whose spreads may differ, with its 95% interval; null where a set has fewer than two values or neither
 * has spread. Source: B. L. Welch, Biometrika 34 (1947).
 */
export function welch(a: readonly number[], b: readonly number[]): Unpaired | null {
  if (a.length < 2 || b.length < 2) return null;
  const [first, second] = [describe(a), describe(b)];
  const [partA, partB] = [first.sd! ** 2 / a.length, second.sd! ** 2 / b.length];
  const error = Math.sqrt(partA + partB);
  if (error === 0) return null;
  const df = (partA + partB) ** 2 / (partA ** 2 / (a.length - 1) + partB ** 2 / (b.length - 1));
  const mean = first.mean - second.mean;
  const half = studentQuantile(0.975, df) * error;
  return {
    mean,
    interval: within({ low: mean - half, high: mean + half }, -1, 1),
    df,
    p: studentP(mean / error, df),
  };
}

/**
 * Pearson's r of pairs: pairing removes what both share, 2 r of the variance of their difference. Null of fewer than three pairs, where it says
 * nothing, and without spread.
 */
export function correlation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 3) return null;
  const [meanA, meanB] = [describe(a).mean, describe(b).mean];
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [x, y] = [value - meanA, b[i]! - meanB];
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA * squaresB === 0 ? null : Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
}

/**
 * The correlation from which the paired interval over `n` seeds is the narrower one, for equal spreads: pairing shrinks the standard error by
 * sqrt(1 - r), and costs n - 1 of Welch's 2 n - 2 degrees of freedom.
 */
export const leastCorrelation = (n: number): number =>
  1 - (studentQuantile(0.975, 2 * n - 2) / studentQuantile(0.975, n - 1)) ** 2;
