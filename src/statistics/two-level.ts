// One measurement on every picture, repeated for every seed: an interval over other trainings and other pictures together.
import { type Generator, generator } from "./generator.ts";
import type { Interval } from "./interval.ts";
import { quantile } from "./paired.ts";

/**
 * 95% percentile interval of the mean over seeds and pictures, by a bootstrap on two levels. `perSeed`: for each seed, a value for each
 * picture (0 or 1, a share, or a difference of such), the same pictures in the same order.
 *
 * Pictures are shared between seeds, so they are resampled jointly, for all seeds at once (A. B. Owen, "The pigeonhole bootstrap", Annals of
 * Applied Statistics 1, 2007). Seeds are too few to be resampled: three have ten resamples, none of them further out than the furthest seed.
 * So their level is parametric: each resample's mean is moved by a draw from Student's t distribution, times the standard error over seeds.
 *
 * The luck of a training with a picture is in the spread of the seeds and in that of the pictures. It counts once: what resampled pictures move
 * the mean by is shrunk to the part that is the pictures' own (mean squares of the two-way layout: H. Scheffe, The Analysis of Variance, 1959,
 * chapter 7). And it bounds the spread of the seeds from below: few seeds that happen to agree are not believed more than their pictures allow.
 * Where pictures do not matter, this is Student's interval over seeds; with one seed, the bootstrap over pictures.
 *
 * @throws RangeError for no seeds, or seeds with different numbers of pictures.
 */
export function overSeedsAndPictures(
  perSeed: readonly ArrayLike<number>[],
  { resamples = 2000, seed = 0, level = 0.95 } = {},
): Interval {
  const [seeds, pictures] = [perSeed.length, perSeed[0]?.length ?? 0];
  if (pictures === 0 || perSeed.some(({ length }) => length !== pictures))
    throw new RangeError(`expected the same pictures for each seed, got ${perSeed.map(({ length }) => length)}`);
  const sums = Float64Array.from({ length: pictures }, (_, i) => rounded(total(perSeed.map((own) => own[i]!))));
  const { error, own } = levels(perSeed, sums);
  const numbers = generator(seed);
  const resampledSum = resampler(sums, numbers);
  const centre = total(sums);
  const found = Float64Array.from({ length: resamples }, () => {
    const mean = (centre + (own === 0 ? 0 : own * (resampledSum() - centre))) / seeds / pictures;
    return error === 0 ? mean : mean + numbers.student(seeds - 1) * error;
  }).sort();
  return { low: quantile(found, (1 - level) / 2), high: quantile(found, (1 + level) / 2) };
}

/** To nine digits: sums of the same shares in another order are the same value. */
const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;

const total = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
};

/** `error`: standard error of the mean over seeds; `own`: how much of what resampled pictures move it by is the pictures' own. */
function levels(perSeed: readonly ArrayLike<number>[], sums: Float64Array): { error: number; own: number } {
  const [seeds, pictures] = [perSeed.length, sums.length];
  if (seeds === 1 || pictures === 1) return { error: 0, own: 1 };
  const mean = total(sums) / seeds / pictures;
  const seedMeans = perSeed.map((own) => total(own) / pictures);
  let [ofSeeds, ofPictures, rest] = [0, 0, 0];
  for (const seedMean of seedMeans) ofSeeds += pictures * (seedMean - mean) ** 2;
  for (const [i, sum] of sums.entries()) {
    const pictureMean = sum / seeds;
    ofPictures += seeds * (pictureMean - mean) ** 2;
    for (const [s, own] of perSeed.entries()) rest += (own[i]! - pictureMean - seedMeans[s]! + mean) ** 2;
  }
  ofSeeds /= seeds - 1;
  ofPictures /= pictures - 1;
  rest /= (seeds - 1) * (pictures - 1);
  return {
    error: Math.sqrt(Math.max(ofSeeds, rest) / (seeds * pictures)),
    own: ofPictures === 0 ? 0 : Math.sqrt(Math.max(0, 1 - rest / ofPictures)),
  };
}

/** With so many pictures that are not of the commonest value, the sum of a resample is as good as normal. */
const manyPictures = 50;

/** Sums of values drawn with replacement, as many as there are: how many are not of the commonest value, and then which. */
function resampler(sums: Float64Array, { binomial, normal, uniform }: Generator): () => number {
  const commonest = commonestOf(sums);
  const others = sums.filter((sum) => sum !== commonest).map((sum) => sum - commonest);
  const all = total(sums);
  if (others.length >= manyPictures) {
    const spread = Math.sqrt(total(sums.map((sum) => (sum - all / sums.length) ** 2)));
    return () => all + spread * normal();
  }
  return () => {
    let found = commonest * sums.length;
    for (let left = binomial(sums.length, others.length / sums.length); left > 0; left--)
      found += others[Math.floor(uniform() * others.length)]!;
    return found;
  };
}

function commonestOf(values: Float64Array): number {
  const counts = new Map<number, number>();
  let best = values[0]!;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > counts.get(best)!) best = value;
  }
  return best;
}
