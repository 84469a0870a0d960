// One measurement on every picture, repeated for every seed: an interval over other trainings and other pictures together.
import { generator } from "./generator.ts";
import type { Interval } from "./interval.ts";
import { quantile } from "./paired.ts";
import { describe } from "./repeats.ts";

/**
 * 95% percentile interval of the mean over seeds and pictures, by a bootstrap on two levels. `perSeed`: for each seed, a value for each
 * picture (0 or 1, a share, or a difference of such), the same pictures in the same order.
 *
 * Pictures are shared between seeds, so they are resampled jointly, for all seeds at once (A. B. Owen, "The pigeonhole bootstrap", Annals of
 * Applied Statistics 1, 2007). Seeds are too few to be resampled: three have ten resamples, none of them further out than the furthest seed.
 * So their level is parametric: each resample's mean is moved by a draw from Student's t distribution, times the standard error over seeds.
 * Where pictures do not matter, this is Student's interval over seeds; with one seed, the bootstrap over pictures. The luck of a picture in a
 * single training counts on both levels, which errs on the wide side, as Owen's does: a small spread among few seeds is not believed where
 * the pictures that carry the difference are few.
 *
 * @throws RangeError for no seeds, or seeds with different numbers of pictures.
 */
export function overSeedsAndPictures(
  perSeed: readonly ArrayLike<number>[],
  { resamples = 4000, seed = 0, level = 0.95 } = {},
): Interval {
  const pictures = perSeed[0]?.length ?? 0;
  if (pictures === 0 || perSeed.some(({ length }) => length !== pictures))
    throw new RangeError(`expected the same pictures for each seed, got ${perSeed.map(({ length }) => length)}`);
  const seeds = perSeed.length;
  const { binomial, student } = generator(seed);
  const { sd } = describe(perSeed.map(mean));
  const error = (sd ?? 0) / Math.sqrt(seeds);
  const values = countValues(perSeed);
  const found = Float64Array.from({ length: resamples }, () => {
    const resampled = resampledSum(values, pictures, binomial) / seeds / pictures;
    return error === 0 ? resampled : resampled + student(seeds - 1) * error;
  }).sort();
  return { low: quantile(found, (1 - level) / 2), high: quantile(found, (1 + level) / 2) };
}

const mean = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
};

/** How many pictures have which sum over seeds: the commonest first. */
function countValues(perSeed: readonly ArrayLike<number>[]): (readonly [value: number, pictures: number])[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < perSeed[0]!.length; i++) {
    let sum = 0;
    for (const own of perSeed) sum += own[i]!;
    counts.set(sum, (counts.get(sum) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** A resample of pictures changes only how many there are of each value, so their numbers are drawn. */
function resampledSum(
  values: readonly (readonly [value: number, pictures: number])[],
  pictures: number,
  binomial: (n: number, p: number) => number,
): number {
  let [left, among, total] = [pictures, pictures, 0];
  for (const [value, count] of values) {
    if (left === 0) break;
    const drawn = count === among ? left : binomial(left, count / among);
    total += drawn * value;
    left -= drawn;
    among -= count;
  }
  return total;
}
