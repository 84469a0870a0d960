// What a set of scores says: top-1 and top-5 error with intervals, loss, counts for each class.
import { type Rate, rate } from "../statistics/interval.ts";
import { rankOf } from "../statistics/ranking.ts";

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
    rank: rankOf(probabilities, label),
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
    top1: rate(within(1), n),
    top5: rate(within(5), n),
    loss: predictions.reduce((sum, { loss }) => sum + loss, 0) / n,
    perClass,
  };
}
