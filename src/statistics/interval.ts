// Intervals, and rates with theirs.

/** Both ends, at 95% unless said otherwise. */
export type Interval = { readonly low: number; readonly high: number };
/** A share with its 95% Wilson interval. */
export type Rate = { readonly value: number; readonly interval: Interval };

export const includesZero = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;

/** The part between two bounds that the true value cannot pass: what is cut off cannot have held it, so coverage stays. */
export const within = ({ low, high }: Interval, least: number, most: number): Interval => ({
  low: Math.min(most, Math.max(least, low)),
  high: Math.max(least, Math.min(most, high)),
});

/** `successes` of `n` as a share; NaN of none. */
export const rate = (successes: number, n: number): Rate => ({ value: successes / n, interval: wilson(successes, n) });

/** Wilson's score interval for `successes` of `n`; z = 1.96 for 95%. Source: E. B. Wilson, JASA 22 (1927). */
export function wilson(successes: number, n: number, z = 1.959963984540054): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = successes / n;
  const square = (z * z) / n;
  const centre = (p + square / 2) / (1 + square);
  const half = (z / (1 + square)) * Math.sqrt((p * (1 - p)) / n + square / (4 * n));
  return { low: successes === 0 ? 0 : centre - half, high: successes === n ? 1 : centre + half };
}
