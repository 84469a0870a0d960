// The arithmetic mean over crops and over models, of softmax probabilities (the papers' rule) or of logits.
import { softmax } from "./metrics.ts";

export const averages = ["probabilities", "logits"] as const;
export type Average = (typeof averages)[number];

/** One picture's sum over its crops. */
export interface RunningAverage {
  add(logits: ArrayLike<number>): void;
  readonly crops: number;
  /** Probabilities over all crops so far, [classes]. */
  mean(): Float64Array;
}

/** `logits`: softmax of the mean of the logits. Crops are added in double precision, one after the other. */
export function runningAverage(average: Average): RunningAverage {
  let sum: Float64Array | undefined;
  let crops = 0;
  return {
    add(logits) {
      const row = average === "logits" ? Float64Array.from(logits) : softmax(logits);
      sum = sum ? addTo(sum, row) : row;
      crops += 1;
    },
    get crops() {
      return crops;
    },
    mean() {
      if (!sum) throw new Error("an average of nothing");
      const mean = sum.map((value) => value / crops);
      return average === "logits" ? softmax(mean) : mean;
    },
  };
}

/**
 * The mean over models of probabilities [n, classes] each. `logits` gives the softmax of the mean of the models' mean logits: probabilities say
 * what these are but for a constant in each row, which softmax ignores.
 */
export function averageModels(models: readonly Float64Array[], classes: number, average: Average): Float64Array {
  if (average === "probabilities") return meanOf(models);
  const mean = meanOf(models.map((probabilities) => probabilities.map(Math.log)));
  for (let from = 0; from < mean.length; from += classes) mean.set(softmax(mean.subarray(from, from + classes)), from);
  return mean;
}

function meanOf(models: readonly Float64Array[]): Float64Array {
  const sum = models.slice(1).reduce(addTo, Float64Array.from(models[0]!));
  return sum.map((value) => value / models.length);
}

function addTo(sum: Float64Array, values: Float64Array): Float64Array {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
  return sum;
}
