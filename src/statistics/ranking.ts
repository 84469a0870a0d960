// Which pictures are right: the rank of a label among the logits of all classes, and what a tie is worth.
import { type Places, placesOf } from "./findings.ts";
import { type Rate, rate } from "./interval.ts";
import type { Scores } from "./scores.ts";

/** How ties are counted, for reports. */
export const tieRule =
  "ranks come from logits; classes with the same logit as the label stand in any order with equal chance: " +
  "the rank is its mean over the orders, and the picture is right by the share of them that put it first " +
  "(or among the five); the class it is taken for is the first with the largest logit";

/** A label's place among the classes of its picture. */
export interface Place {
  /** Classes with a larger logit. */
  readonly larger: number;
  /** Classes with the same logit, itself among them: 1 without a tie. */
  readonly tied: number;
}

/** @throws RangeError for a label that is none of the classes. */
export function placeOf(logits: ArrayLike<number>, label: number): Place {
  const own = logits[label];
  if (own === undefined) throw new RangeError(`label ${label} of ${logits.length} classes`);
  let [larger, tied] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! > own) larger++;
    else if (logits[i] === own) tied++;
  }
  return { larger, tied };
}

/** From 0, the mean over the orders of tied classes: a half where two tie for the first place. */
export const meanRank = ({ larger, tied }: Place): number => larger + (tied - 1) / 2;

/** The place with this mean rank. */
export const placeAt = (rank: number, tied: number): Place => ({ larger: rank - (tied - 1) / 2, tied });

/** The share of orders of tied classes that put the label among the first `k`: 1 or 0 without a tie. */
export const creditWithin = ({ larger, tied }: Place, k: number): number =>
  Math.min(1, Math.max(0, (k - larger) / tied));

/** Of every picture, how far its label is among the `k` most probable classes, 0 to 1: `creditWithin`. */
export function correctWithin(scores: Scores, k: number): Float64Array {
  const { larger, tied } = placesOf(scores);
  return Float64Array.from(larger, (count, i) => creditWithin({ larger: count, tied: tied[i]! }, k));
}

/** The class each picture was taken for: the first with the largest logit. */
export const predictedOf = (scores: Scores): Places["predicted"] => placesOf(scores).predicted;

/** Pictures whose label shares its logit with another class. */
export const tiesOf = (scores: Scores): number =>
  placesOf(scores).tied.reduce((count, tied) => count + (tied > 1 ? 1 : 0), 0);

/** Share of pictures whose label is not among the `k` most probable classes, with a 95% Wilson interval. */
export function topError(scores: Scores, k: number): Rate {
  const right = correctWithin(scores, k);
  return rate(
    right.reduce((wrong, credit) => wrong + 1 - credit, 0),
    right.length,
  );
}

/** Indices of the `k` largest, largest first; equal ones in their order. */
export function largest(values: ArrayLike<number>, k: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (best.length === k && !(values[i]! > values[best[k - 1]!]!)) continue;
    let place = best.length;
    while (place > 0 && values[i]! > values[best[place - 1]!]!) place--;
    best.splice(place, 0, i);
    if (best.length > k) best.pop();
  }
  return best;
}
