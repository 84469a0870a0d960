// 95% score intervals of a difference of paired proportions: they hold their level at small numbers, stay within -1 and 1 and never vanish.
import type { Agreement } from "./agreement.ts";
import { type Interval, wilson } from "./interval.ts";

/**
 * Newcombe's square-and-add interval of A's accuracy minus B's: two Wilson intervals, joined by the correlation of the two results.
 * Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 2635, method 10; recommended in Fagerland et al., Statistics in Medicine 33 (2014).
 */
export function newcombe({ both, onlyA, onlyB, neither }: Agreement): Interval {
  const n = both + onlyA + onlyB + neither;
  if (n === 0) return { low: -1, high: 1 };
  const [a, b] = [(both + onlyA) / n, (both + onlyB) / n];
  const [ofA, ofB] = [wilson(both + onlyA, n), wilson(both + onlyB, n)];
  const correlation = correlationOf({ both, onlyA, onlyB, neither });
  const join = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y));
  return { low: a - b - join(a - ofA.low, ofB.high - b), high: a - b + join(ofA.high - a, b - ofB.low) };
}

/** Phi with Newcombe's correction for continuity where it is above zero. */
function correlationOf({ both, onlyA, onlyB, neither }: Agreement): number {
  const margins = (both + onlyA) * (onlyB + neither) * (both + onlyB) * (onlyA + neither);
  if (margins === 0) return 0;
  const product = both * neither - onlyA * onlyB;
  const corrected = product > 0 ? Math.max(product - (both + onlyA + onlyB + neither) / 2, 0) : product;
  return corrected / Math.sqrt(margins);
}

/**
 * Tango's interval of A's accuracy minus B's: the differences that a score test does not reject.
 * Source: T. Tango, Statistics in Medicine 17 (1998) 891; recommended in Fagerland et al., Statistics in Medicine 33 (2014).
 */
export function tango({ both, onlyA, onlyB, neither }: Agreement, z = 1.959963984540054): Interval {
  const n = both + onlyA + onlyB + neither;
  if (n === 0) return { low: -1, high: 1 };
  const observed = (onlyA - onlyB) / n;
  const far = (difference: number): boolean => {
    const b = (2 * n - onlyA + onlyB) * difference - onlyA - onlyB;
    const c = -onlyB * difference * (1 - difference);
    const shareB = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
    const variance = n * (2 * shareB + difference * (1 - difference));
    return Math.abs(onlyA - onlyB - n * difference) > z * Math.sqrt(Math.max(0, variance));
  };
  return { low: edge(observed, -1, far), high: edge(observed, 1, far) };
}

/** Where between `from` and `to` what is said of a difference becomes true; `to` where it does not. */
function edge(from: number, to: number, far: (difference: number) => boolean): number {
  let [near, beyond] = [from, to];
  if (!far(to)) return to;
  for (let i = 0; i < 60; i++) {
    const middle = (near + beyond) / 2;
    if (far(middle)) beyond = middle;
    else near = middle;
  }
  return near;
}
