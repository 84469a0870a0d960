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

/** The same scores for some of the pictures. */
export function subset(scores: Scores, keep: (name: string, i: number) => boolean): Scores {
  const { classes } = scores;
  const kept = [...scores.names.keys()].filter((i) => keep(scores.names[i]!, i));
  const probabilities = new Float64Array(kept.length * classes.length);
  for (const [place, i] of kept.entries()) probabilities.set(rowOf(scores, i), place * classes.length);
  return {
    classes,
    names: kept.map((i) => scores.names[i]!),
    labels: Int32Array.from(kept, (i) => scores.labels[i]!),
    probabilities,
  };
}

/** What `withoutBackground` does, for reports. */
export const backgroundRule =
  "class 0 is background: its probability is dropped after averaging, before ranking, and the others are scaled to sum to one";

/**
 * Scores over the classes but the first, which no picture is labelled with (the background of 1001-class models).
 *
 * @throws RangeError where a picture is labelled with it.
 */
export function withoutBackground(scores: Scores): Scores {
  const { classes, names, labels } = scores;
  const width = classes.length - 1;
  const probabilities = new Float64Array(names.length * width);
  for (let i = 0; i < names.length; i++) {
    if (labels[i] === 0) throw new RangeError(`${names[i]} is labelled as background`);
    const rest = rowOf(scores, i).subarray(1);
    const total = rest.reduce((sum, value) => sum + value, 0);
    for (let k = 0; k < width; k++) probabilities[i * width + k] = total > 0 ? rest[k]! / total : 1 / width;
  }
  return { classes: classes.slice(1), names, labels: labels.map((label) => label - 1), probabilities };
}
