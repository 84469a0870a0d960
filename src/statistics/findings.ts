// What follows for each picture from its own row of logits, found once for all pictures.
import { rowOf, type Scores } from "./scores.ts";

/** What the order of the logits says: a column for each figure, a place for each picture. */
export interface Places {
  /** Classes with a larger logit than the label's, and with the same one, itself among them. */
  readonly larger: Int32Array;
  readonly tied: Int32Array;
  /** The first class with the largest logit. */
  readonly predicted: Int32Array;
}

/** What the probabilities say. */
export interface Likelihoods {
  /** -ln of the label's probability, finite. */
  readonly loss: Float64Array;
  /** Probability of the class predicted. */
  readonly confidence: Float64Array;
  /** Squared distance of the probabilities to the label's unit vector, 0 to 2. */
  readonly brier: Float64Array;
}

/** Of one `Scores`, for as long as it is there. */
export const once = <Found>(find: (scores: Scores) => Found): ((scores: Scores) => Found) => {
  const known = new WeakMap<Scores, Found>();
  return (scores) => {
    const found = known.get(scores) ?? find(scores);
    known.set(scores, found);
    return found;
  };
};

export const placesOf = once((scores): Places => {
  const n = scores.names.length;
  const places = { larger: new Int32Array(n), tied: new Int32Array(n), predicted: new Int32Array(n) };
  for (let i = 0; i < n; i++) placeRow(places, i, rowOf(scores, i), scores.labels[i]!);
  return places;
});

function placeRow({ larger, tied, predicted }: Places, i: number, row: Float32Array, label: number): void {
  const own = row[label]!;
  let [above, same, best] = [0, 0, 0];
  for (let k = 0; k < row.length; k++) {
    const value = row[k]!;
    if (value > own) above++;
    else if (value === own) same++;
    if (value > row[best]!) best = k;
  }
  larger[i] = above;
  tied[i] = same;
  predicted[i] = best;
}

export const likelihoodsOf = once((scores): Likelihoods => {
  const { predicted } = placesOf(scores);
  const n = scores.names.length;
  const found = { loss: new Float64Array(n), confidence: new Float64Array(n), brier: new Float64Array(n) };
  for (let i = 0; i < n; i++) measureRow(found, i, rowOf(scores, i), scores.labels[i]!, predicted[i]!);
  return found;
});

function measureRow(
  { loss, confidence, brier }: Likelihoods,
  i: number,
  row: Float32Array,
  label: number,
  predicted: number,
): void {
  const [own, top] = [row[label]!, row[predicted]!];
  let [total, squares] = [0, 0];
  for (let k = 0; k < row.length; k++) {
    const share = Math.exp(row[k]! - top);
    total += share;
    squares += share * share;
  }
  loss[i] = top - own + Math.log(total);
  confidence[i] = 1 / total;
  brier[i] = squares / (total * total) - (2 * Math.exp(own - top)) / total + 1;
}
