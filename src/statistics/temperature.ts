// One number that makes probabilities sharper or softer, fitted on half of the pictures and judged on the others.
import { createHash } from "node:crypto";
import { calibrate } from "./calibration.ts";
import { rowOf, type Scores, subset } from "./scores.ts";
import { withinFloat32 } from "./softmax.ts";

type JudgedHalf = { readonly negativeLogLikelihood: number; readonly expectedCalibrationError: number };

export interface TemperatureFigures {
  /** Probabilities become softmax(logits / temperature). Above 1: the model was too sure of itself. */
  readonly temperature: number;
  /** True where the likelihood still rose at the end of the range searched, 0.01 to 100. */
  readonly atLimit: boolean;
  /** Pictures that it was fitted on, and judged on. */
  readonly fittedOn: number;
  readonly judgedOn: number;
  /** On the judged half, as they are and with the temperature. */
  readonly before: JudgedHalf;
  readonly after: JudgedHalf;
}

/** Guo et al., "On calibration of modern neural networks" (ICML 2017), section 4.2. Null where a half is empty. */
export function temperatureFigures(scores: Scores): TemperatureFigures | null {
  const fitted = subset(scores, isFitted);
  const judged = subset(scores, (name) => !isFitted(name));
  if (fitted.names.length === 0 || judged.names.length === 0) return null;
  const { temperature, atLimit } = fitTemperature(fitted);
  return {
    temperature,
    atLimit,
    fittedOn: fitted.names.length,
    judgedOn: judged.names.length,
    before: judge(judged),
    after: judge(scale(judged, temperature)),
  };
}

/** The last bit of the name's SHA-256: the half never changes when other pictures come or go. */
const isFitted = (name: string): boolean => (createHash("sha256").update(name).digest().at(-1)! & 1) === 1;

function judge(scores: Scores): JudgedHalf {
  const { negativeLogLikelihood, expectedCalibrationError } = calibrate(scores);
  return { negativeLogLikelihood, expectedCalibrationError };
}

const range = { low: 0.01, high: 100 } as const;

/** The temperature of largest likelihood: it is convex in 1 / temperature, so Newton's method between two bounds finds it. */
export function fitTemperature(scores: Scores): { temperature: number; atLimit: boolean } {
  let [low, high] = [1 / range.high, 1 / range.low];
  const [atLow, atHigh] = [slopes(scores, low).first, slopes(scores, high).first];
  if (atLow === 0 && atHigh === 0) return { temperature: 1, atLimit: false };
  if (atHigh <= 0) return { temperature: range.low, atLimit: true };
  if (atLow >= 0) return { temperature: range.high, atLimit: true };
  let inverse = 1;
  for (let round = 0; round < 100; round++) {
    const { first, second } = slopes(scores, inverse);
    if (first > 0) high = inverse;
    else low = inverse;
    const step = inverse - first / second;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - inverse) <= 1e-10 * inverse) break;
    inverse = next;
  }
  return { temperature: 1 / inverse, atLimit: false };
}

/** First and second derivative of the summed negative log-likelihood by the inverse temperature. */
function slopes(scores: Scores, inverse: number): { first: number; second: number } {
  let [first, second] = [0, 0];
  for (const [i, label] of scores.labels.entries()) {
    const row = rowOf(scores, i);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    let [total, mean, square] = [0, 0, 0];
    for (const value of row) {
      const below = value - largest;
      const weight = Math.exp(inverse * below);
      total += weight;
      mean += weight * below;
      square += weight * below * below;
    }
    mean /= total;
    first += mean - (row[label]! - largest);
    second += square / total - mean * mean;
  }
  return { first, second };
}

/** Scores with a temperature. */
export const scale = (scores: Scores, temperature: number): Scores => ({
  ...scores,
  logits: scores.logits.map((logit) => withinFloat32(logit / temperature)),
});
