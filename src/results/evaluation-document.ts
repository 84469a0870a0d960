// summary.json of an evaluation, "inception.eval/3"; keys and meanings: evaluation-schema.ts.
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Summary } from "../evaluate/metrics.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import { guessing } from "../statistics/guessing.ts";
import { tieRule, tiesOf } from "../statistics/ranking.ts";
import { backgroundRule } from "../statistics/scores.ts";
import { documentOf } from "./document.ts";
import type { EvaluationResult, Member } from "./evaluation-result.ts";
import { type EvaluationDocument, evaluationSchema } from "./evaluation-schema.ts";
import type { Figures } from "./figures.ts";
import { gainCurve } from "./summaries.ts";

export const evaluationDocument = (result: EvaluationResult): EvaluationDocument =>
  documentOf(evaluationSchema, {
    schema: "inception.eval/3",
    ...modelsOf(result),
    ...picturesOf(result),
    ties: { pictures: tiesOf(result.scores), rule: tieRule },
    guessing: guessing(result.scores),
    ...errors(result.summary),
    ...subsetsOf(result),
    ...figures(result.figures),
  });

function modelsOf({ scores: { protocol }, fresh, alone }: EvaluationResult) {
  const { models } = protocol;
  const model = fresh
    ? {
        path: fresh.model.path,
        step: fresh.model.step,
        weights: fresh.model.kind,
        network: { ...fresh.model.options },
        ...(fresh.model.chosen ? { chosenHere: true } : {}),
      }
    : models[0]!;
  return {
    ...(models.length === 1 ? { model } : {}),
    ...(alone.length > 0 ? { models: alone.map(memberOf) } : {}),
  };
}

const memberOf = ({ path, models, summary }: Member) =>
  models.length === 1
    ? { ...models[0]!, ...errors(summary) }
    : { path, together: models.map((model) => model.path), ...errors(summary) };

function picturesOf({ scores, summary, source, fresh }: EvaluationResult) {
  const { listed, rejected, fingerprint, protocol } = scores;
  const { crops, average, models, background } = protocol;
  const { size, precision, resize, arithmetic } = models[0]!;
  return {
    data: { ...(source === undefined ? {} : { source }), fingerprint, listed, evaluated: summary.n, rejected },
    protocol: {
      crops: cropCounts[crops as Protocol],
      name: crops,
      average,
      ...(fresh && crops === "single" ? { preset: fresh.model.preset } : {}),
      ...(models.length === 1 ? { size, precision, resize, arithmetic } : {}),
      ...(background ? { background: backgroundRule } : {}),
    },
    ...(fresh ? { speed: speedOf(fresh.speed) } : {}),
  };
}

const speedOf = ({ crops, seconds }: Evaluation["speed"]) => ({
  crops,
  seconds,
  cropsPerSecond: crops > 0 ? crops / seconds : null,
});

const errors = ({ top1, top5, loss }: Summary) => ({
  top1: { accuracy: top1.value, error: 1 - top1.value, interval95: top1.interval },
  top5: { accuracy: top5.value, error: 1 - top5.value, interval95: top5.interval },
  loss,
});

/** The same errors without some of the pictures, models or crops. */
const subsetsOf = ({ figures: { without }, prefixes, scores }: EvaluationResult) => ({
  ...(without ? { blacklist: withoutListed(without) } : {}),
  ...(prefixes.length > 0 ? { prefixes: prefixes.map(({ models, summary }) => ({ models, ...errors(summary) })) } : {}),
  ...(scores.gains ? { gains: gainCurve(scores).map(({ crops, summary }) => ({ crops, ...errors(summary) })) } : {}),
});

const withoutListed = ({ file, lines, leftOut, summary }: NonNullable<Figures["without"]>) => ({
  file,
  lines,
  leftOut,
  evaluated: summary.n,
  ...errors(summary),
});

const figures = ({ macro, classes, confused, calibration, temperature, mistakes }: Figures) => ({
  macro,
  classes,
  confused,
  calibration: { ...calibration, temperature },
  mistakes,
});
