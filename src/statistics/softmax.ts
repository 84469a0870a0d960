// Softmax and what goes with it, in double precision.

/** ln of the sum of exponentials: what is subtracted from logits to make log-probabilities of them. Without overflow whatever the logits. */
export function logSumExp(logits: ArrayLike<number>): number {
  const largest = maximum(logits);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i]! - largest);
  return largest + Math.log(total);
}

/** Probabilities of one row of logits. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const largest = maximum(logits);
  const shares = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < shares.length; i++) total += shares[i] = Math.exp(logits[i]! - largest);
  for (let i = 0; i < shares.length; i++) shares[i]! /= total;
  return shares;
}

/** The number in float32's range: what lies beyond it becomes its end, never infinite. */
export const withinFloat32 = (value: number): number => Math.max(-largestFloat32, Math.min(largestFloat32, value));
const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

function maximum(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  return largest;
}
