// Resampling with replacement: pictures, or groups of pictures that belong together.
import { generator } from "./generator.ts";
import type { Interval } from "./interval.ts";
import { quantile } from "./paired.ts";

/** Resamples behind every interval here. */
export const resamples = 1000;

/** Which pictures belong together, such as those of one object or of one photographer. */
export interface Grouping {
  readonly groups: number;
  /** The group of each picture, 0 to groups - 1. */
  readonly groupOf: Int32Array;
}

/**
 * Draws as many units as there are, with replacement, again and again (Efron 1979), and hands on how often each came: an array that the next
 * draw writes over. The same draws for the same number of units and seed.
 */
export function resample(units: number, visit: (times: Int32Array, draw: number) => void, seed = 0): void {
  const { whole } = generator(seed);
  const times = new Int32Array(units);
  for (let draw = 0; draw < resamples; draw++) {
    times.fill(0);
    for (let i = 0; i < units; i++) times[whole(units)]!++;
    visit(times, draw);
  }
}

/** 95% percentile interval of drawn values, which it sorts; those that are NaN are left out. Null where all are. */
export function percentileInterval(values: Float64Array): Interval | null {
  const sorted = values.sort();
  const first = sorted.findIndex(Number.isNaN);
  const usable = first < 0 ? sorted : sorted.subarray(0, first);
  return usable.length === 0 ? null : { low: quantile(usable, 0.025), high: quantile(usable, 0.975) };
}
