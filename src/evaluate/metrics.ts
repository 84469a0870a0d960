// What a set of scores says: top-1 and top-5 error with intervals, loss, counts for each class.

/** One picture's result. `rank` is the number of classes with a strictly larger score than its label's. */
export type Prediction = {
  readonly name: string;
  readonly label: number;
  readonly rank: number;
  /** -log of the probability of its label. */
  readonly loss: number;
  /** The five most probable classes, best first, with their probabilities. */
  readonly top: readonly { readonly class: number; readonly probability: number }[];
};
export type Interval = { readonly low: number; readonly high: number };
export type Rate = { readonly value: number; readonly interval: Interval };
export type Summary = {
  readonly n: number;
  readonly top1: Rate;
  readonly top5: Rate;
  readonly loss: number;
  readonly perClass: readonly { readonly n: number; readonly correct: number }[];
};

/** Softmax of one row of logits, in double precision. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const largest = Array.prototype.reduce.call(
    logits,
    (a, b) => Math.max(a as number, b as number),
    -Infinity,
  ) as number;
  const exponents = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = exponents.reduce((sum, value) => sum + value, 0);
  return exponents.map((value) => value / total);
}

export function predict(name: string, label: number, probabilities: Float64Array, k = 5): Prediction {
  const own = probabilities[label] ?? 0;
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  return {
    name,
    label,
    rank: probabilities.reduce((larger, probability) => larger + (probability > own ? 1 : 0), 0),
    loss: -Math.log(Math.max(own, Number.MIN_VALUE)),
    top: order.slice(0, k).map((index) => ({ class: index, probability: probabilities[index]! })),
  };
}

/** Accuracies as shares of n, with 95% Wilson intervals. */
export function summarize(predictions: readonly Prediction[], classes: number): Summary {
  const n = predictions.length;
  const within = (k: number) => predictions.filter(({ rank }) => rank < k).length;
  const perClass = Array.from({ length: classes }, (_, label) => {
    const own = predictions.filter((prediction) => prediction.label === label);
    return { n: own.length, correct: own.filter(({ rank }) => rank === 0).length };
  });
  return {
    n,
    top1: { value: within(1) / n, interval: wilson(within(1), n) },
    top5: { value: within(5) / n, interval: wilson(within(5), n) },
    loss: predictions.reduce((sum, { loss }) => sum + loss, 0) / n,
    perClass,
  };
}

/** Wilson's score interval for `successes` of `n`; z = 1.96 for 95%. Source: E. B. Wilson, JASA 22 (1927). */
export function wilson(successes: number, n: number, z = 1.959963984540054): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = successes / n;
  const square = (z * z) / n;
  const centre = (p + square / 2) / (1 + square);
  const half = (z / (1 + square)) * Math.sqrt((p * (1 - p)) / n + square / (4 * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
