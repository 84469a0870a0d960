// The result of one model or of an ensemble: scores, errors, figures.
import type { Evaluation } from "../evaluate/evaluation.ts";
import { type Prediction, predictionsOf, type Summary, summarize } from "../evaluate/metrics.ts";
import type { Model } from "../evaluate/model.ts";
import type { EvaluationScores, Saved, SavedModel } from "../evaluate/saved.ts";
import type { Blacklist } from "./blacklist.ts";
import { combine } from "./ensemble.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { Groups } from "./groups.ts";
import { type RealFigures, type RightLabels, realFigures } from "./right-labels.ts";
import { summaryOf } from "./summaries.ts";
import { type WithinSubset, withinSubset } from "./within-subset.ts";

export interface EvaluationResult {
  readonly scores: EvaluationScores;
  readonly summary: Summary;
  readonly predictions: readonly Prediction[];
  readonly figures: Figures;
  /** Of a set with only some of the model's classes; all else here is over all of them. */
  readonly within?: WithinSubset;
  /** Where the pictures have several right labels. */
  readonly real?: RealFigures;
  /** Where the pictures came from; a recombined result does not know. */
  readonly source?: string;
  /** What only a freshly evaluated single model has. */
  readonly fresh?: { readonly model: Model; readonly speed: Evaluation["speed"] };
  /** Of an ensemble: each of the results that it is made of, and the first so many models together. */
  readonly alone: readonly Member[];
  readonly prefixes: readonly { readonly models: number; readonly summary: Summary }[];
}

/** A result in an ensemble; of more than one model where it is an ensemble itself. */
export type Member = { readonly path: string; readonly models: readonly SavedModel[]; readonly summary: Summary };

/** What a result may know beside its scores. */
export type ResultContext = {
  readonly blacklist?: Blacklist | undefined;
  readonly groups?: Groups | undefined;
  readonly real?: RightLabels | undefined;
  readonly source?: string | undefined;
};

export function resultOf(
  scores: EvaluationScores,
  { blacklist, groups, real, source }: ResultContext = {},
): EvaluationResult {
  const predictions = predictionsOf(scores);
  const within = withinSubset(scores);
  return {
    scores,
    predictions,
    summary: summarize(predictions, scores.classes.length),
    figures: figuresOf(scores, blacklist, groups),
    ...(within ? { within } : {}),
    ...(real ? { real: realFigures(scores, real) } : {}),
    ...(source === undefined ? {} : { source }),
    alone: [],
    prefixes: [],
  };
}

/** Throws UserError("usage") naming the first difference where they cannot be averaged. */
export function ensembleResult(members: readonly Saved[], context: ResultContext = {}): EvaluationResult {
  const upTo = (count: number) => combine(members.slice(0, count));
  const whole = resultOf(upTo(members.length), context);
  const alone = members.map((member) => ({
    path: member.path,
    models: member.protocol.models,
    summary: summaryOf(member),
  }));
  const between = members.slice(1, -1).map((_, i) => summaryOf(upTo(i + 2)));
  const summaries = [alone[0]!.summary, ...between, ...(members.length > 1 ? [whole.summary] : [])];
  const modelsUpTo = (i: number): number => alone.slice(0, i + 1).reduce((sum, { models }) => sum + models.length, 0);
  return { ...whole, alone, prefixes: summaries.map((summary, i) => ({ models: modelsUpTo(i), summary })) };
}
