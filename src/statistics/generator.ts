// Seeded random numbers for resampling.
import { logChoose } from "./distributions.ts";

export interface Generator {
  /** In [0, 1), 53 random bits. */
  uniform(): number;
  /** A whole number in [0, n), n far below 2^32, from 32 random bits. */
  whole(n: number): number;
  /** A draw from the binomial distribution of `n` trials with chance `p`. */
  binomial(n: number, p: number): number;
  /** A draw from the standard normal distribution. Source: G. E. P. Box and M. E. Muller, Ann. Math. Statist. 29 (1958). */
  normal(): number;
  /** A draw from Student's t distribution. Source: R. W. Bailey, Math. Comp. 62 (1994): the same with another radius. */
  student(df: number): number;
}

/** The same numbers for the same seed (a whole number, of which 32 bits count). */
export function generator(seed: number): Generator {
  const word = xoshiro(seedState(seed));
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) * 2 ** -53;
  return {
    uniform,
    whole: (n) => Math.floor((word() / 2 ** 32) * n),
    binomial: (n, p) => binomialAt(uniform(), n, p),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    student: (df) => Math.sqrt(df * ((1 - uniform()) ** (-2 / df) - 1)) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** xoshiro128** 1.1 of Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021): 32 bits a call. */
export function xoshiro(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** Spreads a seed over the state: a Weyl sequence through MurmurHash3's finalizer. */
function seedState(seed: number): [number, number, number, number] {
  const mixed = (step: number): number => {
    let word = (seed + Math.imul(step, 0x9e3779b9)) | 0;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  };
  return [mixed(1), mixed(2), mixed(3), mixed(4)];
}

/** Inversion from the mode outwards: about as many steps as the distribution is wide. */
function binomialAt(u: number, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  let left = u;
  let [up, down] = [mode, mode];
  let above = Math.exp(logChoose(n, mode) + mode * Math.log(p) + (n - mode) * Math.log1p(-p));
  let below = above;
  left -= above;
  while (left >= 0 && (up < n || down > 0)) {
    if (up < n) {
      above *= ((n - up) / (up + 1)) * odds;
      up++;
      left -= above;
      if (left < 0) return up;
    }
    if (down > 0) {
      below *= down / (n - down + 1) / odds;
      down--;
      left -= below;
      if (left < 0) return down;
    }
    if (above + below < Number.MIN_VALUE) break;
  }
  return mode;
}
