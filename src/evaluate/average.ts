// The arithmetic mean over crops and over models, of softmax probabilities (the papers' rule) or of logits.
import { logSumExp, withinFloat32 } from "../statistics/softmax.ts";

export const averages = ["probabilities", "logits"] as const;
export type Average = (typeof averages)[number];

/** One picture's mean over its crops. */
export interface RunningAverage {
  add(logits: Float32Array): void;
  readonly crops: number;
  /** Over all crops so far, [classes]: the first crop's logits as they are, then the mean of logits or the ln of the mean of probabilities. */
  mean(): Float32Array;
}

/** Crops are added in double precision, one after the other; probabilities by their logarithms, so that none becomes zero. */
export function runningAverage(average: Average): RunningAverage {
  const { begin, add, mean } = sums[average];
  let first: Float32Array | undefined;
  let sum: Float64Array = new Float64Array(0);
  let crops = 0;
  return {
    add(logits) {
      if (crops++ > 0) return add(sum, logits);
      first = logits.slice();
      sum = begin(logits);
    },
    get crops() {
      return crops;
    },
    mean() {
      if (!first) throw new Error("an average of nothing");
      return crops === 1 ? first.slice() : Float32Array.from(sum, (value) => withinFloat32(mean(value, crops)));
    },
  };
}

interface Sum {
  begin(row: Float32Array): Float64Array;
  add(sum: Float64Array, row: Float32Array): void;
  mean(value: number, count: number): number;
}

const sums: { readonly [A in Average]: Sum } = {
  logits: {
    begin: (row) => Float64Array.from(row),
    add(sum, row) {
      for (let k = 0; k < sum.length; k++) sum[k]! += row[k]!;
    },
    mean: (value, count) => value / count,
  },
  probabilities: {
    begin(row) {
      const total = logSumExp(row);
      return Float64Array.from(row, (logit) => logit - total);
    },
    add(sum, row) {
      const total = logSumExp(row);
      for (let k = 0; k < sum.length; k++) sum[k] = logOfSum(sum[k]!, row[k]! - total);
    },
    mean: (value, count) => value - Math.log(count),
  },
};

/** ln(e^a + e^b). */
const logOfSum = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

/** The mean over models of rows [n, classes] each, as over crops; one model's stay as they are. */
export function averageModels(models: readonly Float32Array[], classes: number, average: Average): Float32Array {
  const mean = new Float32Array(models[0]!.length);
  for (let from = 0; from < mean.length; from += classes) {
    const row = runningAverage(average);
    for (const model of models) row.add(model.subarray(from, from + classes));
    mean.set(row.mean(), from);
  }
  return mean;
}
