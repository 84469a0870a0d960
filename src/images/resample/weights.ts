// What each output pixel is made of along one side, by Pillow's arithmetic (Resample.c): a filter as wide as the step where that shrinks.
import type { Side } from "./extent.ts";

/** A function of the distance, in input pixels or, when shrinking, in steps; zero from `support` on. */
export interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

export const linear: Filter = { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };

/** Keys' convolution with a = -0.5. */
export const cubic: Filter = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

/** As passes.wat reads it: for each output its first input, how many there are, and their weights in units of 2^-22. */
export interface Table {
  readonly entries: Int32Array;
  /** In bytes. */
  readonly entry: number;
  /** Inputs from `begin` to below `end` are used. */
  readonly begin: number;
  readonly end: number;
}

/** A first input is told as `unit` times its number. */
export function weightsOf({ support, weight }: Filter, side: Side, unit: number): Table {
  const { start, length, low, high, to, from, count } = side;
  const step = length / to;
  const widened = Math.max(1, step);
  const reach = support * widened;
  const perInput = 1 / widened;
  const words = 2 * Math.ceil(reach) + 3;
  const entries = new Int32Array(count * words);
  const values = new Float64Array(words);
  let [begin, end] = [high, low];
  for (let i = 0, at = 0; i < count; i++, at += words) {
    // Counted from the first pixel that may be seen: a cut then has the same digits as a picture of its own.
    const centre = start - low + (from + i + 0.5) * step;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const inputs = Math.min(high - low, Math.trunc(centre + reach + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < inputs; k++) sum += values[k] = weight((first + k - centre + 0.5) * perInput);
    entries[at] = (low + first) * unit;
    entries[at + 1] = inputs;
    for (let k = 0; k < inputs; k++) entries[at + 2 + k] = inUnits(values[k]! / sum);
    begin = Math.min(begin, low + first);
    end = Math.max(end, low + first + inputs);
  }
  return { entries, entry: words * Int32Array.BYTES_PER_ELEMENT, begin, end };
}

/** Rounded, halves away from zero. */
const inUnits = (weight: number): number => Math.trunc(weight * 2 ** 22 + Math.sign(weight) * 0.5);
