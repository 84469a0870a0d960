// Each class against all others: how well its probability tells its pictures from the rest, at every threshold.
import { likelihoodsOf, once, placesOf } from "./findings.ts";
import { rowOf, type Scores } from "./scores.ts";

/** Of one class: a place for each probability that one of its own pictures has, rising. */
export interface Thresholds {
  readonly positives: number;
  readonly negatives: number;
  /** ln of the probability. */
  readonly value: Float64Array;
  /** Pictures of the class with this value. */
  readonly own: Int32Array;
  /** Other pictures with it, and those above it but below the next. */
  readonly tied: Int32Array;
  readonly above: Int32Array;
}

/**
 * Of every class. Only the values of a class's own pictures are sorted: each other picture is counted where it falls among them, which is all
 * that areas and curves need. Probabilities stand by their logarithms, which tell the smallest apart.
 */
export const thresholdsOf = once((scores): Thresholds[] => {
  const { classes, names } = scores;
  const shift = shiftsOf(scores);
  const own = ownValues(scores, shift);
  // All classes in one array: `start` is where each begins, and the last ends.
  const start = new Int32Array(classes.length + 1);
  for (let k = 0; k < classes.length; k++) start[k + 1] = start[k]! + own[k]!.value.length;
  const length = start[classes.length]!;
  const [value, tied, above] = [new Float64Array(length), new Int32Array(length), new Int32Array(length)];
  for (let k = 0; k < classes.length; k++) value.set(own[k]!.value, start[k]!);
  const lowest = Float64Array.from(own, (one) => one.value[0] ?? Infinity);
  for (let i = 0; i < names.length; i++) {
    const [row, by] = [rowOf(scores, i), shift[i]!];
    for (let k = 0; k < row.length; k++) {
      const reached = row[k]! + by;
      if (reached < lowest[k]!) continue;
      const at = lastUpTo(value, reached, start[k]!, start[k + 1]!);
      if (value[at] === reached) tied[at]!++;
      else above[at]!++;
    }
  }
  return own.map(({ positives, value, count }, k) => ({
    positives,
    negatives: names.length - positives,
    value,
    own: count,
    tied: tied.slice(start[k]!, start[k + 1]!).map((all, at) => all - count[at]!),
    above: above.slice(start[k]!, start[k + 1]!),
  }));
});

/** What makes logits of the ln of probabilities: the same for the same row, whatever its label. */
function shiftsOf(scores: Scores): Float64Array {
  const { predicted } = placesOf(scores);
  const { confidence } = likelihoodsOf(scores);
  return confidence.map((value, i) => Math.log(value) - rowOf(scores, i)[predicted[i]!]!);
}

/** Of each class the values of its own pictures, rising, each once, and how often it comes. */
function ownValues({ classes, labels, logits }: Scores, shift: Float64Array) {
  const values = classes.map((): number[] => []);
  for (const [i, label] of labels.entries()) values[label]!.push(logits[i * classes.length + label]! + shift[i]!);
  return values.map((all) => {
    const sorted = Float64Array.from(all).sort();
    const value = sorted.filter((one, i) => one !== sorted[i - 1]);
    const count = new Int32Array(value.length);
    let at = -1;
    for (const one of sorted) {
      if (one !== value[at]) at++;
      count[at]!++;
    }
    return { positives: all.length, value, count };
  });
}

/** The last place in [from, to) whose value is at most `reached`, which the first is; found by doubled steps, as most lie near the beginning. */
function lastUpTo(value: Float64Array, reached: number, from: number, to: number): number {
  let [low, step] = [from, 1];
  while (low + step < to && value[low + step]! <= reached) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, to);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value[middle]! <= reached) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Area under the ROC curve: the chance that a picture of the class has a larger probability for it than one of the others, ties counting half
 * (Mann and Whitney 1947; Hanley and McNeil, Radiology 143, 1982). Null without pictures of the class, or without others.
 */
export function areaUnderRoc({ positives, negatives, own, tied, above }: Thresholds): number | null {
  if (positives === 0 || negatives === 0) return null;
  let [others, area] = [0, 0];
  for (let at = own.length - 1; at >= 0; at--) {
    others += above[at]!;
    area += own[at]! * (negatives - others - tied[at]! / 2);
    others += tied[at]!;
  }
  return area / positives / negatives;
}

/** Sum over thresholds of the gain in recall times the precision there, without interpolation; null without pictures of the class. */
export function averagePrecision({ positives, own, tied, above }: Thresholds): number | null {
  if (positives === 0) return null;
  let [others, found, sum] = [0, 0, 0];
  for (let at = own.length - 1; at >= 0; at--) {
    others += above[at]! + tied[at]!;
    found += own[at]!;
    sum += (own[at]! * found) / (found + others);
  }
  return sum / positives;
}

/** Pictures that are at least as probable as a threshold: those of the class, and others. */
export type CurvePoint = { readonly probability: number; readonly own: number; readonly others: number };

/** The corners just before and at each of at most `most` thresholds, at even distances from the highest down. */
export function curveOf({ value, own, tied, above }: Thresholds, most: number): CurvePoint[] {
  const points: CurvePoint[] = [];
  const every = Math.max(1, value.length / most);
  let [found, others, next] = [0, 0, every];
  for (let passed = 1; passed <= value.length; passed++) {
    const at = value.length - passed;
    const probability = Math.exp(value[at]!);
    others += above[at]!;
    const before = { probability, own: found, others };
    found += own[at]!;
    others += tied[at]!;
    if (passed < Math.round(next)) continue;
    points.push(before, { probability, own: found, others });
    next += every;
  }
  return points;
}

/** Areas of one class, or their mean over classes. */
export type Areas = { readonly auc: number | null; readonly averagePrecision: number | null };

export interface Separation {
  readonly classes: readonly Areas[];
  /** Over the classes that have the area: each class weighing the same, and as much as it has pictures. */
  readonly macro: Areas;
  readonly weighted: Areas;
}

export function separationOf(scores: Scores): Separation {
  const thresholds = thresholdsOf(scores);
  const classes = thresholds.map((one) => ({ auc: areaUnderRoc(one), averagePrecision: averagePrecision(one) }));
  const mean = (key: keyof Areas, weight: (one: Thresholds) => number): number | null => {
    const weights = thresholds.map((one, k) => (classes[k]![key] === null ? 0 : weight(one)));
    const total = weights.reduce((sum, own) => sum + own, 0);
    return total === 0 ? null : weights.reduce((sum, own, k) => sum + own * (classes[k]![key] ?? 0), 0) / total;
  };
  const means = (weight: (one: Thresholds) => number): Areas => ({
    auc: mean("auc", weight),
    averagePrecision: mean("averagePrecision", weight),
  });
  return { classes, macro: means(() => 1), weighted: means(({ positives }) => positives) };
}
