// What follows for each picture from its own row of logits, found in one look at all of them.
import { rowOf, type Scores } from "./scores.ts";

/** A column for each figure, a place for each picture. */
export interface Findings {
  /** Classes with a larger logit than the label's, and with the same one, itself among them. */
  readonly larger: Int32Array;
  readonly tied: Int32Array;
  /** The first class with the largest logit. */
  readonly predicted: Int32Array;
  /** -ln of the label's probability, finite. */
  readonly loss: Float64Array;
  /** Probability of the class predicted. */
  readonly confidence: Float64Array;
  /** Squared distance of the probabilities to the label's unit vector, 0 to 2. */
  readonly brier: Float64Array;
}

const known = new WeakMap<Scores, Findings>();

/** Found once for each object. */
export function findingsOf(scores: Scores): Findings {
  const found = known.get(scores) ?? find(scores);
  known.set(scores, found);
  return found;
}

function find(scores: Scores): Findings {
  const n = scores.names.length;
  const findings = {
    larger: new Int32Array(n),
    tied: new Int32Array(n),
    predicted: new Int32Array(n),
    loss: new Float64Array(n),
    confidence: new Float64Array(n),
    brier: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) findRow(findings, i, rowOf(scores, i), scores.labels[i]!);
  return findings;
}

function findRow(findings: Findings, i: number, row: Float32Array, label: number): void {
  const own = row[label]!;
  let [larger, tied, best] = [0, 0, 0];
  for (let k = 0; k < row.length; k++) {
    const value = row[k]!;
    if (value > own) larger++;
    else if (value === own) tied++;
    if (value > row[best]!) best = k;
  }
  const top = row[best]!;
  let [total, squares] = [0, 0];
  for (let k = 0; k < row.length; k++) {
    const share = Math.exp(row[k]! - top);
    total += share;
    squares += share * share;
  }
  const probability = Math.exp(own - top) / total;
  findings.larger[i] = larger;
  findings.tied[i] = tied;
  findings.predicted[i] = best;
  findings.loss[i] = top - own + Math.log(total);
  findings.confidence[i] = 1 / total;
  findings.brier[i] = squares / (total * total) - 2 * probability + 1;
}
