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
  /** A row counts as often as `times` says. */
  begin(row: Float32Array, times?: number): Float64Array;
  add(sum: Float64Array, row: Float32Array, times?: number): void;
  mean(value: number, count: number): number;
}

const sums: { readonly [A in Average]: Sum } = {
  logits: {
    begin: (row, times = 1) => Float64Array.from(row, (logit) => times * logit),
    add(sum, row, times = 1) {
      for (let k = 0; k < sum.length; k++) sum[k]! += times * row[k]!;
    },
    mean: (value, count) => value / count,
  },
  probabilities: {
    begin(row, times = 1) {
      const total = logSumExp(row) - Math.log(times);
      return Float64Array.from(row, (logit) => logit - total);
    },
    add(sum, row, times = 1) {
      const total = logSumExp(row) - Math.log(times);
      for (let k = 0; k < sum.length; k++) sum[k] = logOfSum(sum[k]!, row[k]! - total);
    },
    mean: (value, count) => value - Math.log(count),
  },
};

/** ln(e^a + e^b). */
const logOfSum = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

/** Rows [n, classes], and the number of models that they are already the mean of. */
export type Averaged = { readonly logits: Float32Array; readonly models: number };

/** The mean over models, as over crops, each weighing the same; a single model's rows stay as they are. */
export function averageModels(parts: readonly Averaged[], classes: number, average: Average): Float32Array {
  if (parts.length === 1) return parts[0]!.logits;
  const { add, begin, mean } = sums[average];
  const all = parts.reduce((sum, { models }) => sum + models, 0);
  const averaged = new Float32Array(parts[0]!.logits.length);
  const [first, ...others] = parts;
  for (let from = 0; from < averaged.length; from += classes) {
    const sum = begin(first!.logits.subarray(from, from + classes), first!.models);
    for (const { logits, models } of others) add(sum, logits.subarray(from, from + classes), models);
    for (let k = 0; k < classes; k++) averaged[from + k] = withinFloat32(mean(sum[k]!, all));
  }
  return averaged;
}
