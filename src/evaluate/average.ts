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

/** Rows [n, classes], and the number of models that they are already the mean of. */
export type Averaged = { readonly logits: Float32Array; readonly models: number };

/** The mean over models, as over crops, each weighing the same; a single model's rows stay as they are. */
export function averageModels(parts: readonly Averaged[], classes: number, average: Average): Float32Array {
  if (parts.length === 1) return parts[0]!.logits;
  const mean = new Float32Array(parts[0]!.logits.length);
  const sum = new Float64Array(classes);
  for (let from = 0; from < mean.length; from += classes) {
    const rows = parts.map(({ logits, models }) => ({ row: logits.subarray(from, from + classes), models }));
    meanOfRows[average](rows, sum);
    for (let k = 0; k < classes; k++) mean[from + k] = withinFloat32(sum[k]!);
  }
  return mean;
}

type Row = { readonly row: Float32Array; readonly models: number };
const modelsIn = (rows: readonly Row[]): number => rows.reduce((sum, { models }) => sum + models, 0);

/** Writes one picture's mean. */
const meanOfRows: { readonly [A in Average]: (rows: readonly Row[], mean: Float64Array) => void } = {
  logits(rows, mean) {
    const all = modelsIn(rows);
    mean.fill(0);
    for (const { row, models } of rows) for (let k = 0; k < mean.length; k++) mean[k]! += (models / all) * row[k]!;
  },
  probabilities(rows, mean) {
    const all = modelsIn(rows);
    const totals = rows.map(({ row }) => logSumExp(row));
    mean.fill(0);
    for (const [at, { row, models }] of rows.entries()) {
      const [weight, total] = [models / all, totals[at]!];
      for (let k = 0; k < mean.length; k++) mean[k]! += weight * Math.exp(row[k]! - total);
    }
    for (let k = 0; k < mean.length; k++)
      mean[k] =
        mean[k]! > tiny
          ? Math.log(mean[k]!)
          : rows.map(({ row, models }, at) => row[k]! - totals[at]! + Math.log(models / all)).reduce(logOfSum);
  },
};

/** Below it a sum of probabilities loses digits, and is taken by logarithms. */
const tiny = 1e-280;
