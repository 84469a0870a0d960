// The pictures that a model got most wrong.
import { floored } from "./calibration.ts";
import { predictedOf, rankOf } from "./ranking.ts";
import { rowOf, type Scores } from "./scores.ts";

export type Mistake = {
  readonly name: string;
  readonly label: string;
  readonly predicted: string;
  readonly labelProbability: number;
  readonly predictedProbability: number;
  readonly rank: number;
  /** -ln of the label's probability. */
  readonly loss: number;
};

/** The `k` wrong pictures of least probability for their label, worst first. */
export function worstMistakes(scores: Scores, k: number): Mistake[] {
  const { classes, names, labels } = scores;
  const predicted = predictedOf(scores);
  const own = (i: number): number => rowOf(scores, i)[labels[i]!]!;
  return [...names.keys()]
    .filter((i) => predicted[i] !== labels[i])
    .sort((a, b) => own(a) - own(b) || a - b)
    .slice(0, k)
    .map((i) => ({
      name: names[i]!,
      label: classes[labels[i]!]!,
      predicted: classes[predicted[i]!]!,
      labelProbability: own(i),
      predictedProbability: rowOf(scores, i)[predicted[i]!]!,
      rank: rankOf(rowOf(scores, i), labels[i]!),
      loss: -Math.log(floored(own(i))),
    }));
}
