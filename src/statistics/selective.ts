// A model that may abstain: what it gets wrong of the pictures that it is surest of (Geifman and El-Yaniv, "Selective classification for deep
// neural networks", NIPS 2017).
import { likelihoodsOf } from "./findings.ts";
import { type Rate, rate } from "./interval.ts";
import { correctWithin } from "./ranking.ts";
import type { Scores } from "./scores.ts";

/** Answered are the pictures of at least this confidence, the probability of the class predicted. */
export type RiskPoint = {
  readonly confidence: number;
  /** Share of pictures answered. */
  readonly coverage: number;
  /** Share of those that are wrong, by top-1. */
  readonly risk: number;
};

/** Only pictures of a confidence above `above` are accepted; the accuracy is null where none is. */
export type Accepted = {
  readonly above: number;
  readonly n: number;
  readonly share: number;
  readonly accuracy: Rate | null;
};

export interface Selective {
  /** AURC: mean risk over the coverages 1/n, 2/n ... 1. Y. Geifman, G. Uziel and R. El-Yaniv, "Bias-reduced uncertainty estimation" (ICLR 2019). */
  readonly areaUnderRisk: number;
  /** E-AURC of the same paper: AURC less that of an order with every wrong picture last. */
  readonly excessArea: number;
  /** At most a thousand points, at even distances, the last with all pictures. */
  readonly curve: readonly RiskPoint[];
  readonly accepted: readonly Accepted[];
}

const mostPoints = 1000;
const thresholds = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** Pictures of equal confidence come in any order with equal chance. NaN areas of no pictures. */
export function selectiveOf(scores: Scores): Selective {
  const n = scores.names.length;
  const { confidence } = likelihoodsOf(scores);
  const sorted = byConfidence(confidence, correctWithin(scores, 1));
  const every = Math.max(1, n / mostPoints);
  const curve: RiskPoint[] = [];
  let [wrong, area, next] = [0, 0, every];
  for (let i = 0; i < n; i++) {
    wrong += 1 - sorted.right[i]!;
    const answered = i + 1;
    area += wrong / answered;
    if (answered < Math.round(next)) continue;
    curve.push({ confidence: sorted.confidence[i]!, coverage: answered / n, risk: wrong / answered });
    next += every;
  }
  return {
    areaUnderRisk: area / n,
    excessArea: (area - bestArea(n, wrong)) / n,
    curve,
    accepted: thresholds.map((above) => acceptedOf(sorted, above)),
  };
}

/** Sum of the risks where the wrong pictures come last. */
function bestArea(n: number, wrong: number): number {
  let area = 0;
  for (let answered = 1; answered <= n; answered++) area += Math.max(0, wrong - (n - answered)) / answered;
  return area;
}

function acceptedOf({ confidence, right }: Sorted, above: number): Accepted {
  let [n, correct] = [0, 0];
  while (n < confidence.length && confidence[n]! > above) correct += right[n++]!;
  return { above, n, share: n / confidence.length, accuracy: n === 0 ? null : rate(correct, n) };
}

/** Most certain first. */
interface Sorted {
  readonly confidence: Float64Array;
  /** The mean over the pictures of the same confidence. */
  readonly right: Float64Array;
}

/** `right`: 1 where a picture's class is its label, or a share; the order of pictures means nothing. */
export function byConfidence(confidence: Float64Array, right: ArrayLike<number>): Sorted {
  const order = Uint32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  const sorted = Float64Array.from(order, (i) => confidence[i]!);
  const means = new Float64Array(order.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    let sum = 0;
    for (to = from; to < order.length && sorted[to] === sorted[from]; to++) sum += right[order[to]!]!;
    means.fill(sum / (to - from), from, to);
  }
  return { confidence: sorted, right: means };
}
