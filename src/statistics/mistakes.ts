// The pictures that a model got most wrong.
import { likelihoodsOf, placesOf } from "./findings.ts";
import { meanRank } from "./ranking.ts";
import type { Scores } from "./scores.ts";

export type Mistake = {
  readonly name: string;
  readonly label: string;
  readonly predicted: string;
  readonly labelProbability: number;
  readonly predictedProbability: number;
  /** From 0; a tie gives the mean over its orders. */
  readonly rank: number;
  /** -ln of the label's probability. */
  readonly loss: number;
};

/** The `k` wrong pictures of least probability for their label, worst first. */
export function worstMistakes(scores: Scores, k: number): Mistake[] {
  const { classes, names, labels } = scores;
  const { predicted, larger, tied } = placesOf(scores);
  const { loss, confidence } = likelihoodsOf(scores);
  return [...names.keys()]
    .filter((i) => predicted[i] !== labels[i])
    .sort((a, b) => loss[b]! - loss[a]! || a - b)
    .slice(0, k)
    .map((i) => ({
      name: names[i]!,
      label: classes[labels[i]!]!,
      predicted: classes[predicted[i]!]!,
      labelProbability: Math.exp(-loss[i]!),
      predictedProbability: confidence[i]!,
      rank: meanRank({ larger: larger[i]!, tied: tied[i]! }),
      loss: loss[i]!,
    }));
}
