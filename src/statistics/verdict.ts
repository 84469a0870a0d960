// When a difference counts, and how many comparisons its p is corrected for.
import { normalQuantile } from "./distributions.ts";
import { type Interval, includesZero } from "./interval.ts";
import { holm } from "./repeats.ts";

/**
 * `one seed`: a comparison over pictures in a table over seeds has none of the others. `survivors only`: the row that would win lost seeds to
 * divergence, and its mean is of those that are left.
 */
export type Verdict = "better" | "worse" | "not distinguishable" | "one seed" | "survivors only";

/** Two-sided error level of intervals, tests and verdicts. */
export const alpha = 0.05;

/**
 * A difference of fewer pictures than this is never told apart, however alike the seeds are: z squared, so four. Were no picture on the other
 * side, a score interval of fewer would still hold zero.
 */
export const fewestPictures = normalQuantile(1 - alpha / 2) ** 2;

/** What a verdict rests on. `mean` is of shares of so many `pictures`; below zero is better. */
export type Evidence = {
  readonly mean: number;
  readonly pictures: number;
  readonly adjustedP: number;
  readonly interval: Interval | null;
  readonly wideInterval: Interval | null;
};

/**
 * Better or worse only where the adjusted p is at most 0.05, every interval leaves out zero, the one over seeds and pictures too, and the
 * difference is of four pictures at least: what a few pictures carry falls with another draw of pictures.
 */
export function judge({
  mean,
  pictures,
  adjustedP,
  interval,
  wideInterval,
}: Evidence): "better" | "worse" | "not distinguishable" {
  const holdsZero = (found: Interval | null): boolean => found !== null && includesZero(found);
  const few = Math.abs(mean) * pictures < fewestPictures;
  if (few || adjustedP > alpha || holdsZero(interval) || holdsZero(wideInterval)) return "not distinguishable";
  return mean < 0 ? "better" : "worse";
}

/** A row that lost seeds to divergence cannot win, from either side of a comparison: its mean is of those that are left. */
export const survivorsOnly = (verdict: Verdict, own: readonly number[], other: readonly number[]): Verdict =>
  (verdict === "better" && own.length > 0) || (verdict === "worse" && other.length > 0) ? "survivors only" : verdict;

/** Holm's adjusted p within each family, and the size of the family, in the order given. */
export function adjustWithin<T extends { readonly p: number }>(
  found: readonly T[],
  familyOf: (one: T) => string,
): { readonly adjustedP: number; readonly family: number }[] {
  const adjusted = new Map<T, { adjustedP: number; family: number }>();
  for (const name of new Set(found.map(familyOf))) {
    const members = found.filter((one) => familyOf(one) === name);
    for (const [i, p] of holm(members.map((one) => one.p)).entries())
      adjusted.set(members[i]!, { adjustedP: p, family: members.length });
  }
  return found.map((one) => adjusted.get(one)!);
}
