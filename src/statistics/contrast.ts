// A contrast of trainings over seeds: for each seed a value of every picture, such as one row's error minus another's.
import { type Interval, within } from "./interval.ts";
import { cohenDz, describe, leastSignFlip, pairedT, signFlip } from "./repeats.ts";
import { overSeedsAndPictures } from "./two-level.ts";

export interface Contrast {
  readonly mean: number;
  /** Sample standard deviation over seeds; null with one seed. */
  readonly sd: number | null;
  /** 95% by Student's t over seeds, the pictures taken as given; null with one seed and where all seeds give the same. */
  readonly interval: Interval | null;
  /** 95% over other seeds and other pictures; with one seed over pictures. */
  readonly wideInterval: Interval;
  /** The test behind `p`; sign-flip stands in where all seeds give the same, for lack of spread; null with one seed. */
  readonly test: "paired t" | "sign-flip" | null;
  /** Two-sided. */
  readonly p: number | null;
  /** Exact sign-flip p, and the smallest that so many seeds can give. */
  readonly exactP: number | null;
  readonly leastP: number | null;
  /** Cohen's d_z; null with one seed or without spread. */
  readonly effect: number | null;
}

/** `perSeed`: for each seed, a value of each picture; no mean of them can pass `bound` to either side. */
export function contrast(perSeed: readonly ArrayLike<number>[], bound = 1): Contrast {
  const means = perSeed.map(meanOf);
  const { mean, sd, interval } = describe(means);
  const wideInterval = within(overSeedsAndPictures(perSeed), -bound, bound);
  if (sd === null)
    return { mean, sd, interval, wideInterval, test: null, p: null, exactP: null, leastP: null, effect: null };
  const exactP = signFlip(means);
  const common = { mean, sd, wideInterval, exactP, leastP: leastSignFlip(means.length), effect: cohenDz(means) };
  return sd === 0
    ? { ...common, interval: null, test: "sign-flip", p: exactP }
    : { ...common, interval: within(interval!, -bound, bound), test: "paired t", p: pairedT(means).p };
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}
