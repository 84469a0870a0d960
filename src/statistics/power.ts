// What difference a plan can show, before any of it is run: from its numbers of seeds, pictures and comparisons.
import { logGamma, normalCdf, normalQuantile, studentQuantile } from "./distributions.ts";
import { alpha, fewestPictures } from "./verdict.ts";

export interface Prospect {
  readonly seeds: number;
  readonly pictures: number;
  /** Of one kind, over which Holm corrects. */
  readonly comparisons: number;
  /** Standard deviation over seeds of a training's error on these pictures, a share. */
  readonly sd: number;
  /** Share of pictures that just one of two trainings gets right. */
  readonly disagreement: number;
}

/** How often a difference that is there has to be found. */
export const wantedPower = 0.8;

/**
 * The smallest difference of two rows' errors, a share, that is found with 80% power where no other row differs: Holm then asks for
 * p <= 0.05 / comparisons.
 *
 * Over seeds: the paired t test, whose difference has the deviation sqrt(2) sd, no pairing being counted on, and at least sqrt(disagreement /
 * pictures), what pictures alone give; its power is that of the noncentral t distribution, less where the interval over seeds and pictures holds
 * zero, which takes no smaller spread than the pictures' for true. With one seed: McNemar's test by R. J. Connor, Biometrics 43 (1987), with a
 * picture more for continuity, as the test is exact. Never fewer than four pictures. Above 1 where no difference can be found.
 */
export function smallestDifference({ seeds, pictures, comparisons, sd, disagreement }: Prospect): number {
  const level = alpha / Math.max(1, comparisons);
  const ofPictures = Math.sqrt(disagreement / pictures);
  const deviation = Math.max(Math.SQRT2 * sd, ofPictures);
  const found =
    seeds === 1
      ? connor(level, disagreement, pictures)
      : deviation * inDeviations(level, seeds, deviation === 0 ? 0 : ofPictures / deviation);
  return Math.max(found, fewestPictures / pictures);
}

/** 1 / n + (z sqrt(d) + z' sqrt(d - x^2)) / sqrt(n) = x, solved for x: the difference that n pictures show. */
function connor(level: number, disagreement: number, pictures: number): number {
  const [z, own] = [normalQuantile(1 - level / 2), normalQuantile(wantedPower)];
  const reached = (x: number): number =>
    1 / pictures +
    (z * Math.sqrt(disagreement) + own * Math.sqrt(Math.max(0, disagreement - x * x))) / Math.sqrt(pictures);
  return solve((x) => x >= reached(x), 4);
}

/** The difference in standard deviations of a difference; `least`: the smallest deviation that is believed, in true ones. */
const inDeviations = (level: number, seeds: number, least: number): number =>
  solve((x) => tPower(x * Math.sqrt(seeds), seeds - 1, { level, least }) >= wantedPower, 1e4);

/** The least number up to `most` of which `isEnough` holds. */
function solve(isEnough: (x: number) => boolean, most: number): number {
  let [low, high] = [0, most];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Steps of Simpson's rule over the deviation that a sample shows, relative to the true one. */
const steps = 800;

/**
 * Power of a two-sided t test at `level`: how often |T| is beyond the critical value, T being noncentral t with `df` degrees of freedom, and how
 * often it is beyond that of 5% still where the sample's deviation is taken for no smaller than `least` true ones. Integrated over the sample's
 * deviation (chi distribution): N. L. Johnson and B. L. Welch, Biometrika 31 (1940).
 */
export function tPower(noncentrality: number, df: number, { level = alpha as number, least = 0 } = {}): number {
  const [critical, usual] = [level, alpha].map((share) => studentQuantile(1 - share / 2, df)) as [number, number];
  const constant = Math.LN2 + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  const density = (s: number): number =>
    s === 0 ? (df === 1 ? Math.exp(constant) : 0) : Math.exp(constant + (df - 1) * Math.log(s) - (df * s * s) / 2);
  const beyond = (s: number): number => {
    const needed = Math.max(critical * s, usual * least);
    return normalCdf(noncentrality - needed) + normalCdf(-noncentrality - needed);
  };
  const end = 1 + 9 / Math.sqrt(df);
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const s = (end * i) / steps;
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * density(s) * beyond(s);
  }
  return (sum * end) / steps / 3;
}
