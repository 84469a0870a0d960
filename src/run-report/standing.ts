// Where a run stands: its accuracy beside guessing, what it was warned of, and the next step.

import type { SetSize } from "../config/recipe.ts";
import { counted } from "../counted.ts";
import { withoutHome } from "../run/info.ts";
import { guessing } from "../statistics/guessing.ts";
import { imbalanceWarning, lengthWarning, lossWatch } from "../train/advice.ts";
import { countByClass } from "../train/class-weights.ts";
import { runLength } from "../train/schedule.ts";
import type { Sets } from "../train/training.ts";
import type { Verdict } from "./head.ts";
import type { Log } from "./log.ts";
import { type NextStep, nextStep } from "./next-step.ts";
import { type ReportedRun, sittingsOf } from "./run.ts";
import type { Subject } from "./subject.ts";
import { type Against, type Judgement, judgeLearning, trainingFell } from "./verdict.ts";

const noLog: Log = { stepsPerEpoch: 1, training: [], validations: [], best: undefined };

export function verdictOf(subject: Subject, sets: Sets | undefined, remarks: readonly string[]): Verdict {
  const { run, evaluation } = subject;
  const against = againstOf(subject, sets);
  const evaluated = evaluation && {
    value: evaluation.summary.top1.accuracy,
    interval: evaluation.summary.top1.interval95,
  };
  const judgement = judgeLearning(run?.log ?? noLog, against, evaluated);
  return {
    judgement,
    against,
    of: ofWhat(subject),
    next: run && nextFor(run, judgement, subject),
    remarks: [
      ...(run ? warningsOf(run, sets) : []),
      ...chosenRemark(subject),
      ...trainedRemark(subject),
      ...othersRemark(subject),
      ...remarks,
    ],
  };
}

function againstOf({ run, evaluation }: Subject, sets: Sets | undefined): Against | undefined {
  if (evaluation) return evaluation.summary.guessing;
  if (sets)
    return guessing({
      classes: sets.validation.classes,
      labels: Int32Array.from(sets.validation.items, ({ label }) => label),
    });
  return run?.state && { chance: 1 / run.state.classes.length };
}

function ofWhat({ run, evaluation }: Subject): string {
  const count = (n: number): string => `${n.toLocaleString("en-US")} pictures`;
  if (evaluation) {
    const { data, protocol, model } = evaluation.summary;
    return [
      count(data.evaluated),
      ...(model ? [`step ${model.step}, ${model.weights} weights`] : []),
      ...(protocol.crops === 1 ? [] : [`${protocol.crops} crops`]),
    ].join(", ");
  }
  const best = run?.log.best;
  return best ? `${count(best.n)} of the validation split, at step ${best.step}, the best one` : "";
}

function nextFor(run: ReportedRun, judgement: Judgement, { evaluation }: Subject): NextStep {
  return nextStep({
    path: withoutHome(run.path),
    experiment: run.experiment,
    exit: sittingsOf(run.info).at(-1)!.exit,
    judgement,
    trainingFell: trainingFell(run.log),
    isEvaluated: evaluation !== undefined,
    chosenHere: evaluation?.summary.model?.chosenHere ?? false,
  });
}

/** What training warns of, told again. */
function warningsOf({ experiment, log, info, state }: ReportedRun, sets: Sets | undefined): string[] {
  const classes = (sets?.train ?? state)?.classes.length;
  const found = [
    sets && info.weights === undefined
      ? lengthWarning(experiment, runLength(experiment.train, sets.train.items.length))
      : undefined,
    sets && imbalanceWarning(experiment, countByClass(sets.train), sets.train.classes),
    classes === undefined ? undefined : lossWarning(log, classes),
  ];
  return found.flatMap((text) => (text === undefined ? [] : [`${text[0]!.toUpperCase()}${text.slice(1)}.`]));
}

function lossWarning({ training, validations }: Log, classes: number): string | undefined {
  const watch = lossWatch(classes);
  let at = 0;
  for (const { step, judged } of validations) {
    for (; at < training.length && training[at]!.step <= step; at++) watch.trained(training[at]!.loss);
    const said = watch.validated(judged.loss);
    if (said !== undefined) return said;
  }
  return undefined;
}

const chosenRemark = ({ evaluation }: Subject): string[] =>
  evaluation?.summary.model?.chosenHere
    ? ["The checkpoint validated best on these very pictures: its figures are a little too good."]
    : [];

const trainedRemark = ({ evaluation }: Subject): string[] => {
  const { summary } = evaluation ?? {};
  const trained = summary?.model?.trainedHere;
  return trained
    ? [
        `The model was trained on ${trained} of these ${counted(summary!.data.evaluated, "picture")}: its figures are too good.`,
      ]
    : [];
};

const othersRemark = ({ run, evaluations }: Subject): string[] => {
  if (run === undefined) return [];
  if (evaluations.length === 0)
    return ["It has no evaluation yet: classes, mistakes and calibration come with inception eval."];
  return evaluations.length === 1
    ? []
    : [`It has ${evaluations.length} evaluations; this is the newest, ${withoutHome(evaluations[0]!)}.`];
};

/** Of the set that it is trained on; where that is not open, what its log says. */
export function setSize({ log, experiment, state }: ReportedRun, sets: Sets | undefined): SetSize | undefined {
  if (sets) return { pictures: sets.train.items.length, classes: sets.train.classes.length };
  if (state === undefined || log.training.length === 0) return undefined;
  return { pictures: Math.round(log.stepsPerEpoch * experiment.train.batch), classes: state.classes.length };
}
