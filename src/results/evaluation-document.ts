// summary.json of an evaluation, "inception.eval/3"; keys and meanings: evaluation-schema.ts.
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Summary } from "../evaluate/metrics.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import { resamples } from "../statistics/bootstrap.ts";
import type { FigureIntervals } from "../statistics/figure-intervals.ts";
import { guessing } from "../statistics/guessing.ts";
import { type Rate, wilson } from "../statistics/interval.ts";
import { tieRule, tiesOf } from "../statistics/ranking.ts";
import { rightLabelsRule } from "../statistics/right-labels.ts";
import { backgroundRule, subsetRule } from "../statistics/scores.ts";
import type { Selective } from "../statistics/selective.ts";
import { documentOf } from "./document.ts";
import type { EvaluationResult, Member } from "./evaluation-result.ts";
import { type EvaluationDocument, evaluationSchema } from "./evaluation-schema.ts";
import type { Figures } from "./figures.ts";
import type { RealFigures } from "./right-labels.ts";
import { gainCurve } from "./summaries.ts";
import type { WithinSubset } from "./within-subset.ts";

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
        ...(fresh.model.trainedHere ? { trainedHere: fresh.model.trainedHere } : {}),
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
  const { size, preset, fit, cropShare, interpolation, precision, resize, arithmetic } = models[0]!;
  return {
    data: { ...(source === undefined ? {} : { source }), fingerprint, listed, evaluated: summary.n, rejected },
    protocol: {
      crops: cropCounts[crops as Protocol],
      name: crops,
      average,
      ...(models.length === 1 ? { preset, fit, cropShare, interpolation, size, precision, resize, arithmetic } : {}),
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

const errors = ({ top1, top5, loss }: Summary) => ({ top1: rateOf(top1), top5: rateOf(top5), loss });
const rateOf = ({ value, interval }: Rate) => ({ accuracy: value, error: 1 - value, interval95: interval });

/** The same errors with other labels, and without some of the classes, pictures, models or crops. */
const subsetsOf = ({ figures: { without }, real, within, prefixes, scores }: EvaluationResult) => ({
  ...(real ? { real: withRightLabels(real) } : {}),
  ...(within ? { subset: withinSubset(within) } : {}),
  ...(without ? { blacklist: withoutListed(without) } : {}),
  ...(prefixes.length > 0 ? { prefixes: prefixes.map(({ models, summary }) => ({ models, ...errors(summary) })) } : {}),
  ...(scores.gains ? { gains: gainCurve(scores).map(({ crops, summary }) => ({ crops, ...errors(summary) })) } : {}),
});

const withRightLabels = ({ file, n, withoutLabels, notListed, labels, top1, ownLabelTop1 }: RealFigures) => ({
  file,
  rule: rightLabelsRule,
  evaluated: n,
  withoutLabels,
  notListed,
  labels,
  top1: rateOf(top1),
  ownLabelTop1: rateOf(ownLabelTop1),
});

const withinSubset = ({ classes, summary, macro }: WithinSubset) => ({
  classes,
  rule: subsetRule,
  ...errors(summary),
  macro,
});

const withoutListed = ({ file, lines, leftOut, summary }: NonNullable<Figures["without"]>) => ({
  file,
  lines,
  leftOut,
  evaluated: summary.n,
  ...errors(summary),
});

function figures(figures: Figures) {
  const { macro, weighted, separation, matthews, kappa, groups, confused, calibration, temperature, mistakes } =
    figures;
  return {
    macro: { ...macro, ...separation.macro },
    weighted: { ...weighted, ...separation.weighted },
    matthews,
    kappa: Number.isNaN(kappa) ? null : kappa,
    intervals95: intervalsOf(figures.intervals),
    ...(groups ? { groups: groupsOf(groups) } : {}),
    classes: classesOf(figures),
    confused,
    calibration: { ...calibration, temperature },
    selective: selectiveOf(figures.selective),
    mistakes,
  };
}

const intervalsOf = ({ macroF1, matthews, expectedCalibrationError }: FigureIntervals) => ({
  resamples,
  macroF1,
  matthews,
  expectedCalibrationError,
});

const groupsOf = ({ file, groups, intervals }: NonNullable<Figures["groups"]>) => {
  const { top1, top5, macroF1, matthews } = intervals;
  return { file, groups, top1, top5, macroF1, matthews };
};

const classesOf = ({ classes, separation, intervals }: Figures) =>
  classes.map((one, k) => ({
    ...one,
    ...separation.classes[k]!,
    intervals95: {
      precision: one.precision === null ? null : wilson(one.correct, one.taken),
      recall: one.recall === null ? null : wilson(one.correct, one.n),
      f1: intervals.f1[k]!,
    },
  }));

const selectiveOf = ({ areaUnderRisk, excessArea, accepted }: Selective) => ({
  areaUnderRisk,
  excessArea,
  accepted: accepted.map(({ accuracy, ...rest }) => ({
    ...rest,
    accuracy: accuracy?.value ?? null,
    interval95: accuracy?.interval ?? null,
  })),
});
