// Whether probabilities mean what they say: log-likelihood, Brier score, calibration error and its diagram.
import { findingsOf } from "./findings.ts";
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
  const found = reliability(scores, bins);
  const n = scores.names.length;
  return {
    negativeLogLikelihood: mean(findingsOf(scores).loss),
    brier: mean(findingsOf(scores).brier),
    expectedCalibrationError: found.reduce(
      (sum, { count, accuracy, confidence }) =>
        count === 0 ? sum : sum + (count / n) * Math.abs(accuracy! - confidence!),
      0,
    ),
    bins: found,
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function reliability(scores: Scores, bins: number): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  const { predicted, confidence: confidences } = findingsOf(scores);
  for (const [i, confidence] of confidences.entries()) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    bin.correct += predicted[i] === scores.labels[i] ? 1 : 0;
  }
  return sums.map(({ count, confidence, correct }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    count,
    confidence: count === 0 ? null : confidence / count,
    accuracy: count === 0 ? null : correct / count,
  }));
}
