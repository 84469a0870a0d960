// Two results over the same pictures, with groups of pictures for units: those of one object or one photographer are not independent.
import { type Grouping, percentileInterval, resample, resamples } from "./bootstrap.ts";
import { type Distinction, distinguish } from "./comparison.ts";
import type { Interval } from "./interval.ts";
import { correctWithin } from "./ranking.ts";
import { signFlip } from "./repeats.ts";
import type { Scores } from "./scores.ts";

/** Of the difference of two accuracies over all pictures. */
export type GroupedPair = {
  /** 95% percentile interval over resampled groups. */
  readonly interval: Interval;
  /** Two-sided p of Fisher's sign-flip test: were A and B exchanged in any of the groups, would the difference be as large? */
  readonly p: number;
  readonly verdict: Distinction;
};

export type GroupedComparison = { readonly groups: number; readonly top1: GroupedPair; readonly top5: GroupedPair };

export function compareGroups(a: Scores, b: Scores, grouping: Grouping): GroupedComparison {
  const within = (k: number) => compareGrouped(correctWithin(a, k), correctWithin(b, k), grouping);
  return { groups: grouping.groups, top1: within(1), top5: within(5) };
}

/** `a` and `b`: 1 where a picture was right, 0 where wrong, a share where a tie decides. */
export function compareGrouped(a: ArrayLike<number>, b: ArrayLike<number>, { groups, groupOf }: Grouping): GroupedPair {
  const [pictures, gained] = [new Float64Array(groups), new Float64Array(groups)];
  for (const [i, group] of groupOf.entries()) {
    pictures[group]!++;
    gained[group]! += a[i]! - b[i]!;
  }
  const drawn = new Float64Array(resamples);
  resample(groups, (times, draw) => {
    let [n, sum] = [0, 0];
    for (let group = 0; group < groups; group++) {
      n += times[group]! * pictures[group]!;
      sum += times[group]! * gained[group]!;
    }
    drawn[draw] = sum / n;
  });
  const difference = gained.reduce((sum, own) => sum + own, 0) / groupOf.length;
  const interval = percentileInterval(drawn)!;
  const p = signFlip([...gained.filter((own) => own !== 0)]);
  return { interval, p, verdict: distinguish(difference, interval, p) };
}
