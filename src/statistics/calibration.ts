// Whether probabilities mean what they say: log-likelihood, Brier score, calibration error and its diagram.
import { resamples } from "./bootstrap.ts";
import { likelihoodsOf, once, placesOf } from "./findings.ts";
import { generator } from "./generator.ts";
import { quantile } from "./paired.ts";
import { rowOf, type Scores } from "./scores.ts";
import { byConfidence } from "./selective.ts";

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
  /** What 95% of models with these confidences have at most, were every confidence the chance to be right. */
  readonly errorByChance: number;
  /** The same over bins of equal numbers of pictures, by confidence: K. Nguyen and B. O'Connor (EMNLP 2015). */
  readonly adaptiveCalibrationError: number;
  readonly classwiseCalibrationError: number;
  readonly bins: readonly Bin[];
}

/** Bins of the calibration error, as in Guo et al. */
export const calibrationBins = 15;

/** NaN figures of no pictures. */
export const calibrate = once((scores): Calibration => {
  const { loss, brier, confidence } = likelihoodsOf(scores);
  const right = Uint8Array.from(placesOf(scores).predicted, (one, i) => (one === scores.labels[i] ? 1 : 0));
  const found = reliability(confidence, right);
  return {
    negativeLogLikelihood: mean(loss),
    brier: mean(brier),
    expectedCalibrationError: calibrationError(found),
    errorByChance: errorByChance(found),
    adaptiveCalibrationError: adaptiveError(confidence, right),
    classwiseCalibrationError: classwiseError(scores),
    bins: found,
  };
});

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean |accuracy - confidence| over the bins, weighted by pictures. */
export function calibrationError(bins: readonly Bin[]): number {
  const n = bins.reduce((sum, { count }) => sum + count, 0);
  const gaps = bins.map(({ count, accuracy, confidence }) =>
    count === 0 ? 0 : count * Math.abs(accuracy! - confidence!),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / n;
}

/** The bin of a probability among bins of equal width. */
export const binOf = (value: number, bins: number): number =>
  value * bins <= 1 ? 0 : Math.min(bins - 1, Math.ceil(value * bins) - 1);

/** Bins of equal width. `confidence`: each picture's largest probability; `right`: 1 where its class is the label. */
export function reliability(confidence: Float64Array, right: Uint8Array, bins = calibrationBins): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (const [i, value] of confidence.entries()) {
    const bin = sums[binOf(value, bins)]!;
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

/**
 * 95% quantile of the calibration error where the pictures of each bin are right with the chance of its mean confidence: consistency resampling of
 * J. Bröcker and L. A. Smith, Weather and Forecasting 22 (2007).
 */
function errorByChance(bins: readonly Bin[]): number {
  const { binomial } = generator(0);
  const n = bins.reduce((sum, { count }) => sum + count, 0);
  const filled = bins.filter(({ count }) => count > 0);
  const errors = Float64Array.from({ length: resamples }, () => {
    const gaps = filled.map(({ count, confidence }) => Math.abs(binomial(count, confidence!) - count * confidence!));
    return gaps.reduce((sum, gap) => sum + gap, 0) / n;
  });
  return quantile(errors.sort(), 0.95);
}

/** Bins of equal numbers of pictures, or one more; pictures of equal confidence share what is right among them, wherever a bin ends. */
function adaptiveError(confidence: Float64Array, right: ArrayLike<number>, bins = calibrationBins): number {
  const sorted = byConfidence(confidence, right);
  const n = confidence.length;
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    let gap = 0;
    for (let i = Math.floor((bin * n) / bins); i < Math.floor(((bin + 1) * n) / bins); i++)
      gap += sorted.confidence[i]! - sorted.right[i]!;
    error += Math.abs(gap);
  }
  return error / n;
}

/**
 * Mean over classes of the calibration error of that class's probability over all pictures, in bins of equal width: M. Kull et al., "Beyond
 * temperature scaling" (NeurIPS 2019), section 2; the static calibration error of J. Nixon et al., "Measuring calibration in deep learning" (2019).
 */
function classwiseError(scores: Scores, bins = calibrationBins): number {
  const { classes, names, labels } = scores;
  const { predicted } = placesOf(scores);
  const { confidence } = likelihoodsOf(scores);
  const gaps = new Float64Array(classes.length * bins);
  for (let i = 0; i < names.length; i++) {
    const row = rowOf(scores, i);
    const [label, top, most] = [labels[i]!, row[predicted[i]!]!, confidence[i]!];
    for (let k = 0; k < row.length; k++) {
      const probability = most * Math.exp(row[k]! - top);
      gaps[k * bins + binOf(probability, bins)]! += probability;
    }
    gaps[label * bins + binOf(most * Math.exp(row[label]! - top), bins)]! -= 1;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / names.length / classes.length;
}
