// One number that makes probabilities sharper or softer, fitted on half of the pictures and judged on the others.
import { createHash } from "node:crypto";
import { calibrationError, reliability } from "./calibration.ts";
import { likelihoodsOf, placesOf } from "./findings.ts";
import { rowOf, type Scores } from "./scores.ts";

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
  const all = [...scores.names.keys()];
  const fitted = all.filter((i) => isFitted(scores.names[i]!));
  const judged = all.filter((i) => !isFitted(scores.names[i]!));
  if (fitted.length === 0 || judged.length === 0) return null;
  const { temperature, atLimit } = fitTemperature(scores, fitted);
  return {
    temperature,
    atLimit,
    fittedOn: fitted.length,
    judgedOn: judged.length,
    before: judge(scores, judged, 1),
    after: judge(scores, judged, temperature),
  };
}

/** The last bit of the name's SHA-256: the half never changes when other pictures come or go. */
const isFitted = (name: string): boolean => (createHash("sha256").update(name).digest().at(-1)! & 1) === 1;

/** Loss and calibration error of these pictures; a temperature changes no order, and so no class predicted. */
function judge(scores: Scores, pictures: readonly number[], temperature: number): JudgedHalf {
  const { predicted } = placesOf(scores);
  const found = likelihoodsOf(scores);
  const confidence = new Float64Array(pictures.length);
  const right = new Uint8Array(pictures.length);
  let total = 0;
  for (const [at, i] of pictures.entries()) {
    const label = scores.labels[i]!;
    const { loss, most } =
      temperature === 1
        ? { loss: found.loss[i]!, most: found.confidence[i]! }
        : likelihood(rowOf(scores, i), label, predicted[i]!, temperature);
    total += loss;
    confidence[at] = most;
    right[at] = label === predicted[i] ? 1 : 0;
  }
  return {
    negativeLogLikelihood: total / pictures.length,
    expectedCalibrationError: calibrationError(reliability(confidence, right)),
  };
}

/** -ln of the label's probability, and the probability of the class predicted. */
function likelihood(row: Float32Array, label: number, predicted: number, temperature: number) {
  const top = row[predicted]!;
  let total = 0;
  for (let k = 0; k < row.length; k++) total += Math.exp((row[k]! - top) / temperature);
  return { loss: (top - row[label]!) / temperature + Math.log(total), most: 1 / total };
}

const range = { low: 0.01, high: 100 } as const;
type Fitted = { readonly temperature: number; readonly atLimit: boolean };

/** Of more pictures than this, so many are fitted first: from there few rounds over all are left. */
const fewPictures = 2000;

/** The temperature of largest likelihood over these pictures. */
export function fitTemperature(scores: Scores, pictures: readonly number[] = [...scores.names.keys()]): Fitted {
  if (pictures.length <= fewPictures) return fitFrom(1, scores, pictures);
  const every = Math.ceil(pictures.length / fewPictures);
  const few = fitFrom(
    1,
    scores,
    pictures.filter((_, place) => place % every === 0),
  );
  return fitFrom(few.atLimit ? 1 : few.temperature, scores, pictures);
}

/**
 * The likelihood is concave in 1 / temperature, so Newton's method between two bounds finds its largest. Only the end of the range towards which it
 * rises from the start is looked at. A last step of 1e-5 leaves an error of about its square.
 */
function fitFrom(start: number, scores: Scores, pictures: readonly number[]): Fitted {
  let [low, high] = [1 / range.high, 1 / range.low];
  let inverse = 1 / start;
  let { first, second } = slopes(scores, pictures, inverse);
  if (first === 0 && second === 0) return { temperature: 1, atLimit: false };
  const end = first < 0 ? high : low;
  if (slopes(scores, pictures, end).first * Math.sign(first) >= 0) return { temperature: 1 / end, atLimit: true };
  for (let round = 0; round < 100; round++) {
    if (first > 0) high = inverse;
    else low = inverse;
    const step = inverse - first / second;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - inverse) <= 1e-5 * inverse) return { temperature: 1 / next, atLimit: false };
    inverse = next;
    ({ first, second } = slopes(scores, pictures, inverse));
  }
  return { temperature: 1 / inverse, atLimit: false };
}

/** First and second derivative of the summed negative log-likelihood by the inverse temperature. */
function slopes(scores: Scores, pictures: readonly number[], inverse: number): { first: number; second: number } {
  const { predicted } = placesOf(scores);
  let [first, second] = [0, 0];
  for (const i of pictures) {
    const row = rowOf(scores, i);
    const top = row[predicted[i]!]!;
    let [total, mean, square] = [0, 0, 0];
    for (let k = 0; k < row.length; k++) {
      const below = row[k]! - top;
      const weight = Math.exp(inverse * below);
      total += weight;
      mean += weight * below;
      square += weight * below * below;
    }
    mean /= total;
    first += mean - (row[scores.labels[i]!]! - top);
    second += square / total - mean * mean;
  }
  return { first, second };
}
