// Counts for each class, and the figures over all classes that follow from them alone.

/** A place for each class: pictures of it, pictures taken for it, and those that are both. */
export interface ClassCounts {
  readonly support: Float64Array;
  readonly taken: Float64Array;
  readonly right: Float64Array;
}

export const noCounts = (classes: number): ClassCounts => ({
  support: new Float64Array(classes),
  taken: new Float64Array(classes),
  right: new Float64Array(classes),
});

/** F1 of one class, 2 right / (support + taken); NaN of a class without pictures that none was taken for. */
export const f1At = ({ support, taken, right }: ClassCounts, k: number): number =>
  (2 * right[k]!) / (support[k]! + taken[k]!);

/** Mean F1 over the classes that have pictures; NaN where none has. */
export function macroF1(counts: ClassCounts): number {
  let [sum, present] = [0, 0];
  for (let k = 0; k < counts.support.length; k++) {
    if (counts.support[k] === 0) continue;
    sum += f1At(counts, k);
    present++;
  }
  return sum / present;
}

/**
 * Matthews's correlation coefficient of labels and predictions, -1 to 1, for any number of classes: R_K of J. Gorodkin, "Comparing two K-category
 * assignments by a K-category correlation coefficient", Comput. Biol. Chem. 28 (2004). Zero where all labels, or all predictions, are one class.
 */
export function matthews(counts: ClassCounts): number {
  const { n, right, product, labelled, predicted } = sums(counts);
  const spread = Math.sqrt((n * n - labelled) * (n * n - predicted));
  return spread === 0 ? 0 : (n * right - product) / spread;
}

/**
 * Agreement of labels and predictions beyond that of chance: kappa of J. Cohen, Educ. Psychol. Meas. 20 (1960). NaN where labels and
 * predictions are all one class, and of no pictures.
 */
export function kappa(counts: ClassCounts): number {
  const { n, right, product } = sums(counts);
  return (n * right - product) / (n * n - product);
}

function sums({ support, taken, right }: ClassCounts) {
  const found = { n: 0, right: 0, product: 0, labelled: 0, predicted: 0 };
  for (let k = 0; k < support.length; k++) {
    const [labelled, predicted] = [support[k]!, taken[k]!];
    found.n += labelled;
    found.right += right[k]!;
    found.product += labelled * predicted;
    found.labelled += labelled * labelled;
    found.predicted += predicted * predicted;
  }
  return found;
}
