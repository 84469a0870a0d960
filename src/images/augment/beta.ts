// Random numbers of the symmetric beta distribution.
import type { Random } from "../random.ts";

/** In [0, 1], of Beta(alpha, alpha): one of two gammas over their sum, in logarithms, so that no alpha is too small. */
export const beta = (random: Random, alpha: number): number =>
  1 / (1 + Math.exp(logGamma(random, alpha) - logGamma(random, alpha)));

/**
 * The logarithm of a number of Gamma(shape, 1): Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); below a shape of 1
 * by way of shape + 1, as in its section 6.
 */
function logGamma(random: Random, shape: number): number {
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const normal = random.normal();
    const v = (1 + normal / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v))
      return Math.log(d) + Math.log(v);
  }
}
