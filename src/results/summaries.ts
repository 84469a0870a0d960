// Errors of a set of scores, and what the first crops alone would have given.
import { type Summary, standingsOf, summarize } from "../evaluate/metrics.ts";
import type { EvaluationScores } from "../evaluate/saved.ts";
import type { Scores } from "../statistics/scores.ts";

export const summaryOf = (scores: Scores): Summary => summarize(standingsOf(scores), scores.classes.length);

/** The figures that the first crops alone would have given; empty where the result does not say. */
export function gainCurve({
  gains,
  ...scores
}: Scores & Pick<EvaluationScores, "gains">): { crops: number; summary: Summary }[] {
  if (!gains) return [];
  const classes = scores.classes.length;
  const rows = gains.crops.length;
  return gains.crops.map((crops, at) => {
    const logits = new Float32Array(scores.names.length * classes);
    for (let i = 0; i < scores.names.length; i++) {
      const from = (i * rows + at) * classes;
      logits.set(gains.logits.subarray(from, from + classes), i * classes);
    }
    return { crops, summary: summaryOf({ ...scores, logits }) };
  });
}
