// Which pictures are right: a label's rank, the class predicted, top-1 and top-5 error.
import { type Rate, rate } from "./interval.ts";
import { rowOf, type Scores } from "./scores.ts";

/** How ties are broken, for reports. */
export const tieRule =
  "a label's rank is the number of classes with a strictly larger probability; a picture whose label shares the largest counts as right";

/** Number of classes with a strictly larger probability than the label's. */
export function rankOf(probabilities: ArrayLike<number>, label: number): number {
  const own = probabilities[label] ?? 0;
  let larger = 0;
  for (let i = 0; i < probabilities.length; i++) if (probabilities[i]! > own) larger++;
  return larger;
}

/** Ranks of all pictures' labels. */
export const ranksOf = (scores: Scores): Int32Array => scores.labels.map((label, i) => rankOf(rowOf(scores, i), label));

/** The class each picture was taken for: its label where that shares the largest probability, else the first with it. */
export const predictedOf = (scores: Scores): Int32Array =>
  scores.labels.map((label, i) => {
    const row = rowOf(scores, i);
    const best = largestOf(row);
    return row[label]! >= row[best]! ? label : best;
  });

export function largestOf(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

/** 1 where the label is among the `k` most probable classes, else 0. */
export const correctWithin = (ranks: Int32Array, k: number): Uint8Array =>
  Uint8Array.from(ranks, (rank) => (rank < k ? 1 : 0));

/** Share of pictures whose label is not among the `k` most probable classes, with a 95% Wilson interval. */
export const topError = (ranks: Int32Array, k: number): Rate =>
  rate(
    ranks.reduce((wrong, rank) => wrong + (rank < k ? 0 : 1), 0),
    ranks.length,
  );
