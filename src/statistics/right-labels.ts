// Accuracy where a picture may have several right labels.
import { type Rate, rate } from "./interval.ts";
import { correctWithin } from "./ranking.ts";
import { rowOf, type Scores } from "./scores.ts";

/** How they are counted, for reports. */
export const rightLabelsRule =
  "right where the class with the largest logit is among the picture's right labels, by chance among classes that share it; " +
  "pictures without a right label are left out (Beyer et al. 2020, arXiv 2006.07159)";

export interface RightLabelFigures {
  /** Pictures with a right label: n of the figures below. */
  readonly n: number;
  /** Listed, but with none. */
  readonly withoutLabels: number;
  readonly notListed: number;
  /** Right labels of these pictures together. */
  readonly labels: number;
  readonly top1: Rate;
  /** By the set's own label alone, on the same pictures. */
  readonly ownLabelTop1: Rate;
}

/** `right`: of each picture the indices of its right classes, each once; undefined where it is not listed. */
export function rightLabelFigures(
  scores: Scores,
  right: readonly (readonly number[] | undefined)[],
): RightLabelFigures {
  const own = correctWithin(scores, 1);
  const counts = { n: 0, withoutLabels: 0, notListed: 0, labels: 0 };
  let [credit, ownCredit] = [0, 0];
  for (const [i, labels] of right.entries()) {
    if (labels === undefined) counts.notListed++;
    else if (labels.length === 0) counts.withoutLabels++;
    else {
      counts.n++;
      counts.labels += labels.length;
      credit += rightShare(rowOf(scores, i), labels);
      ownCredit += own[i]!;
    }
  }
  return { ...counts, top1: rate(credit, counts.n), ownLabelTop1: rate(ownCredit, counts.n) };
}

/** Of the classes that share the largest logit, the share that is right: 1 or 0 without a tie. */
export function rightShare(row: ArrayLike<number>, right: readonly number[]): number {
  let [largest, tied] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < row.length; k++) {
    if (row[k]! > largest) [largest, tied] = [row[k]!, 0];
    if (row[k] === largest) tied++;
  }
  return right.filter((label) => row[label] === largest).length / tied;
}
