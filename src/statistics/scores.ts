// What an evaluation found for every picture: the ground on which all figures stand.

export interface Scores {
  readonly classes: readonly string[];
  /** Pictures in the order of the listing; unreadable ones are left out. */
  readonly names: readonly string[];
  /** Index into `classes` for each picture. */
  readonly labels: Int32Array;
  /** [pictures, classes], row by row: softmax probabilities, averaged over crops and models. */
  readonly probabilities: Float64Array;
}

/** The probabilities of picture `i`: a view, [classes]. */
export const rowOf = ({ classes, probabilities }: Scores, i: number): Float64Array =>
  probabilities.subarray(i * classes.length, (i + 1) * classes.length);
