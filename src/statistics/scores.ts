// What an evaluation found for every picture: the ground on which all figures stand.

export interface Scores {
  readonly classes: readonly string[];
  /** Pictures in the order of the listing; unreadable ones are left out. */
  readonly names: readonly string[];
  /** Index into `classes` for each picture. */
  readonly labels: Int32Array;
  /**
   * [pictures, classes], row by row, all finite: the network's logits as it computed them for a single crop, else the mean of logits or the ln of
   * the mean of probabilities. Softmax of a row gives its probabilities, in any case; a constant added to a row means nothing.
   */
  readonly logits: Float32Array;
}

/** The logits of picture `i`: a view, [classes]. */
export const rowOf = ({ classes, logits }: Scores, i: number): Float32Array =>
  logits.subarray(i * classes.length, (i + 1) * classes.length);

/** The same scores for some of the pictures. */
export function subset(scores: Scores, keep: (name: string, i: number) => boolean): Scores {
  const { classes } = scores;
  const kept = [...scores.names.keys()].filter((i) => keep(scores.names[i]!, i));
  const logits = new Float32Array(kept.length * classes.length);
  for (const [place, i] of kept.entries()) logits.set(rowOf(scores, i), place * classes.length);
  return {
    classes,
    names: kept.map((i) => scores.names[i]!),
    labels: Int32Array.from(kept, (i) => scores.labels[i]!),
    logits,
  };
}

/** What `withoutBackground` does, for reports. */
export const backgroundRule =
  "class 0 is background: its probability is dropped after averaging, before ranking, and the others are scaled to sum to one";

/**
 * Scores over the classes but the first, which no picture is labelled with (the background of 1001-class models). Without a class, softmax
 * scales the others to sum to one.
 *
 * @throws RangeError where a picture is labelled with it.
 */
export function withoutBackground(scores: Scores): Scores {
  const { classes, names, labels } = scores;
  const labelled = labels.indexOf(0);
  if (labelled >= 0) throw new RangeError(`${names[labelled]} is labelled as background`);
  const width = classes.length - 1;
  const logits = new Float32Array(names.length * width);
  for (let i = 0; i < names.length; i++) logits.set(rowOf(scores, i).subarray(1), i * width);
  return { classes: classes.slice(1), names, labels: labels.map((label) => label - 1), logits };
}

/** What `withinClasses` does, for reports. */
export const subsetRule =
  "only the logits of the set's own classes are ranked, and softmax is over them; everything else is over all of the model's classes";

/**
 * Scores over some of the classes alone, as if the others could not be predicted.
 *
 * @throws RangeError for a name that is none of the classes, and where a picture is labelled with another.
 */
export function withinClasses(scores: Scores, kept: readonly string[]): Scores {
  const columns = kept.map((name) => scores.classes.indexOf(name));
  if (columns.includes(-1)) throw new RangeError(`"${kept[columns.indexOf(-1)]}" is none of the classes`);
  const labels = scores.labels.map((label) => columns.indexOf(label));
  const outside = labels.indexOf(-1);
  if (outside >= 0) throw new RangeError(`${scores.names[outside]} is labelled with another class`);
  const logits = new Float32Array(scores.names.length * columns.length);
  for (let i = 0, at = 0; i < scores.names.length; i++) {
    const row = rowOf(scores, i);
    for (const column of columns) logits[at++] = row[column]!;
  }
  return { classes: kept, names: scores.names, labels, logits };
}
