// Figures within the classes of a set that has only some of the model's.
import type { Summary } from "../evaluate/metrics.ts";
import type { EvaluationScores } from "../evaluate/saved.ts";
import { classFigures, confusionOf, type MeanFigures, macroFigures } from "../statistics/confusion.ts";
import { withinClasses } from "../statistics/scores.ts";
import { summaryOf } from "./summaries.ts";

export interface WithinSubset {
  /** Of the set. */
  readonly classes: readonly string[];
  readonly summary: Summary;
  readonly macro: MeanFigures;
}

/** Of the logits of the set's classes alone; undefined where the set has all classes. */
export function withinSubset({ subset, ...scores }: EvaluationScores): WithinSubset | undefined {
  if (!subset) return undefined;
  const within = withinClasses(scores, subset);
  return { classes: subset, summary: summaryOf(within), macro: macroFigures(classFigures(confusionOf(within))) };
}
