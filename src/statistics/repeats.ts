// The same measurement repeated, once for each seed: mean, spread, t interval, paired test, effect size.
import { studentP, studentQuantile } from "./distributions.ts";
import { generator } from "./generator.ts";
import type { Interval } from "./interval.ts";

export interface Repeated {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); null of a single value. */
  readonly sd: number | null;
  /** 95% interval of the mean by Student's t; null of a single value. */
  readonly interval: Interval | null;
}

/** @throws RangeError for no values. */
export function describe(values: readonly number[], level = 0.95): Repeated {
  const n = values.length;
  if (n === 0) throw new RangeError("no values to describe");
  const same = values.every((value) => value === values[0]);
  const mean = same ? values[0]! : sum(values) / n;
  if (n === 1) return { n, mean, sd: null, interval: null };
  const sd = same ? 0 : Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (n - 1));
  const half = (studentQuantile((1 + level) / 2, n - 1) * sd) / Math.sqrt(n);
  return { n, mean, sd, interval: { low: mean - half, high: mean + half } };
}

/** Two-sided p of the paired t test (W. S. Gosset, Biometrika 6, 1908): are the differences zero on average? */
export function pairedT(differences: readonly number[]): {
  readonly t: number;
  readonly df: number;
  readonly p: number;
} {
  const { n, mean, sd } = describe(differences);
  if (sd === null) throw new RangeError("a t test needs at least two differences");
  const t = mean === 0 ? 0 : mean / (sd / Math.sqrt(n));
  return { t, df: n - 1, p: studentP(t, n - 1) };
}

/** Up to this many differences all sign patterns are counted (65,536); above, as many are drawn. */
const longestExact = 16;

/**
 * Two-sided p of Fisher's sign-flip test (The Design of Experiments, 1935, section 21): the share of the 2^n patterns of
 * signs whose sum is at least as far from zero. It assumes nothing about the spread; with n seeds it is never below 2/2^n.
 */
export function signFlip(differences: readonly number[], seed = 0): number {
  const n = differences.length;
  const far = Math.abs(sum(differences)) - 1e-12 * sum(differences.map(Math.abs));
  const isFar = (signs: (i: number) => boolean): boolean => {
    let total = 0;
    for (let i = 0; i < n; i++) total += signs(i) ? differences[i]! : -differences[i]!;
    return Math.abs(total) >= far;
  };
  const patterns = 2 ** Math.min(n, longestExact);
  let count = 0;
  if (n <= longestExact) {
    for (let pattern = 0; pattern < patterns; pattern++) if (isFar((i) => ((pattern >> i) & 1) === 1)) count++;
    return count / patterns;
  }
  const drawn = drawnSums(differences, seed);
  for (let draw = 0; draw < patterns; draw++) if (Math.abs(drawn()) >= far) count++;
  return (count + 1) / (patterns + 1);
}

/** Sums under drawn signs: of differences of the same size only the number of positive ones is drawn. */
function drawnSums(differences: readonly number[], seed: number): () => number {
  const { uniform, binomial } = generator(seed);
  const sizes = new Map<number, number>();
  for (const difference of differences) sizes.set(Math.abs(difference), (sizes.get(Math.abs(difference)) ?? 0) + 1);
  const all = [...sizes];
  const positive = (count: number): number => (count === 1 ? Number(uniform() < 0.5) : binomial(count, 0.5));
  return () => all.reduce((sum, [size, count]) => sum + size * (2 * positive(count) - count), 0);
}

/** The smallest p that `signFlip` can give for `n` differences. */
export const leastSignFlip = (n: number): number => (n <= longestExact ? 2 / 2 ** n : 1 / (2 ** longestExact + 1));

/** Cohen's d for paired samples, d_z: mean difference over the standard deviation of the differences; null without spread. */
export function cohenDz(differences: readonly number[]): number | null {
  const { mean, sd } = describe(differences);
  return sd === null || sd === 0 ? null : mean / sd;
}

/** Adjusted p values in the order given: S. Holm's step-down procedure, Scand. J. Statist. 6 (1979). */
export function holm(p: readonly number[]): number[] {
  const order = [...p.keys()].sort((a, b) => p[a]! - p[b]!);
  const adjusted = p.slice();
  let largest = 0;
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (p.length - place) * p[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
