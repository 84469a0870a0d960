// Whether probabilities mean what they say: log-likelihood, Brier score, calibration error and its diagram.
import { likelihoodsOf, placesOf } from "./findings.ts";
import type { Scores } from "./scores.ts";

/** Pictures whose largest probability lies in (low, high]; the first bin holds zero too. */
export type Bin = {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean largest probability, and share right; null of no pictures. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
};

export interface Calibration {
  /** Mean of -ln of the label's probability. */
  readonly negativeLogLikelihood: number;
  /** Mean squared distance to the label's unit vector, summed over classes: 0 to 2. G. W. Brier, Monthly Weather Review 78 (1950). */
  readonly brier: number;
  /** Mean |accuracy - confidence| over bins of equal width, weighted by pictures: Naeini et al. (AAAI 2015), Guo et al. (ICML 2017). */
  readonly expectedCalibrationError: number;
  readonly bins: readonly Bin[];
}

/** Bins of the calibration error, as in Guo et al. */
export const calibrationBins = 15;

/** NaN figures of no pictures. */
export function calibrate(scores: Scores, bins = calibrationBins): Calibration {
  const { loss, brier, confidence } = likelihoodsOf(scores);
  const right = Uint8Array.from(placesOf(scores).predicted, (one, i) => (one === scores.labels[i] ? 1 : 0));
  const found = reliability(confidence, right, bins);
  return {
    negativeLogLikelihood: mean(loss),
    brier: mean(brier),
    expectedCalibrationError: calibrationError(found),
    bins: found,
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean |accuracy - confidence| over the bins, weighted by pictures. */
export function calibrationError(bins: readonly Bin[]): number {
  const n = bins.reduce((sum, { count }) => sum + count, 0);
  const gaps = bins.map(({ count, accuracy, confidence }) =>
    count === 0 ? 0 : count * Math.abs(accuracy! - confidence!),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / n;
}

/** Bins of equal width. `confidence`: each picture's largest probability; `right`: 1 where its class is the label. */
export function reliability(confidence: Float64Array, right: Uint8Array, bins = calibrationBins): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (const [i, value] of confidence.entries()) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(value * bins) - 1))]!;
    bin.count++;
    bin.confidence += value;
    bin.correct += right[i]!;
  }
  return sums.map(({ count, confidence: sum, correct }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    count,
    confidence: count === 0 ? null : sum / count,
    accuracy: count === 0 ? null : correct / count,
  }));
}
