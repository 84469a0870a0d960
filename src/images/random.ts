// Randomness as a pure function of (seed, stream, epoch, index): nothing to save, nothing that threads could disturb.

/** Independent uses of one seed. The order is part of what a seed means: add new ones at the end. */
export const streams = ["init", "order", "augment", "dropout", "shapes", "mix", "redraw"] as const;
export type Stream = (typeof streams)[number];

export interface Random {
  /** In [low, high), 53 random bits. */
  uniform(low?: number, high?: number): number;
  /** A whole number in [0, n). */
  int(n: number): number;
  /** Normal with mean 0 and deviation 1 (Box-Muller). */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

/** The numbers belonging to one place: for instance the crop of picture `index` in `epoch`. Arguments are whole and not negative. */
export function random(seed: number, stream: Stream, epoch: number, index: number): Random {
  const nextWord = words(seed, stream, epoch, index);
  const uniform = (low = 0, high = 1) => {
    const fraction = ((nextWord() >>> 5) * 2 ** 26 + (nextWord() >>> 6)) * 2 ** -53;
    return low + (high - low) * fraction;
  };
  return {
    uniform,
    int: (n) => Math.floor(uniform() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    chance: (probability) => uniform() < probability,
  };
}

/** The numbers 0..n-1 in the order of an epoch. */
export const permutation = (seed: number, epoch: number, n: number): Uint32Array =>
  shuffled(random(seed, "order", epoch, 0), n);

/** The numbers 0..n-1 in any order (Fisher and Yates). */
export function shuffled({ int }: Random, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const other = int(last + 1);
    const value = order[last]!;
    order[last] = order[other]!;
    order[other] = value;
  }
  return order;
}

/** Two int32 for TensorFlow's stateless random operations. */
export function seedPair(seed: number, stream: Stream, epoch: number, index: number): Int32Array {
  const nextWord = words(seed, stream, epoch, index);
  return Int32Array.of(nextWord(), nextWord());
}

/** The seed and stream make Philox's key; epoch, index and the running block its counter. */
function words(seed: number, stream: Stream, epoch: number, index: number): () => number {
  for (const value of [seed, epoch, index])
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`expected a whole number from 0, got ${value}`);
  const key = Uint32Array.of(seed, high(seed) | (streams.indexOf(stream) << 24));
  const counter = Uint32Array.of(0, index, high(index), epoch);
  let block = philox(counter, key);
  let used = 0;
  return () => {
    if (used === 4) {
      counter[0]!++;
      block = philox(counter, key);
      used = 0;
    }
    return block[used++]!;
  };
}

const high = (value: number): number => Math.floor(value / 2 ** 32);

/**
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011): four words from
 * a counter of four and a key of two.
 */
export function philox(counter: Uint32Array, key: Uint32Array): Uint32Array {
  let [a, b, c, d] = counter as unknown as [number, number, number, number];
  let [k0, k1] = key as unknown as [number, number];
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(0xd2511f53, a);
    const lowA = Math.imul(0xd2511f53, a);
    const highC = multiplyHigh(0xcd9e8d57, c);
    const lowC = Math.imul(0xcd9e8d57, c);
    [a, b, c, d] = [(highC ^ b ^ k0) >>> 0, lowC >>> 0, (highA ^ d ^ k1) >>> 0, lowA >>> 0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return Uint32Array.of(a, b, c, d);
}

/** The upper 32 bits of the 64-bit product of two unsigned words. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16);
  const carry = xLow * yHigh + (middle % 0x10000);
  return (xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}
