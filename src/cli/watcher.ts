// What `inception train` shows while it runs.
import type { Experiment } from "../config/schema.ts";
import { valuesIn } from "../interpret/shapes.ts";
import { showsTop5 } from "../statistics/guessing.ts";
import type { StepReport, Validation } from "../train/loop.ts";
import type { Watcher } from "../train/run.ts";
import type { OpenedTraining, Position } from "../train/training.ts";
import { labelled, note } from "./print.ts";
import { formatDuration, type Progress, type ProgressOptions, progressBar } from "./progress.ts";
import { recipeWords } from "./recipe-words.ts";

/** `stop` takes the bar away, if there is one: to be called however the training ends. */
export function consoleWatcher(folder: string): Watcher & { stop(): void } {
  let bar: Progress | undefined;
  let shown: "train" | "validate" | "features" | undefined;
  let length = { total: 0, stepsPerEpoch: 1, batch: 1, classes: 0 };
  let pace: Pace | undefined;
  const stop = (): void => {
    bar?.stop();
    shown = undefined;
  };
  const show = (phase: "train" | "validate" | "features", total: number, options: ProgressOptions): void => {
    if (shown === phase) return;
    stop();
    bar = progressBar(phase, total, options);
    shown = phase;
  };
  return {
    started(run, from) {
      const { steps: total, stepsPerEpoch } = run.length;
      length = { total, stepsPerEpoch, batch: run.experiment.train.batch, classes: run.sets.train.classes.length };
      note(summary(folder, run, from));
    },
    step(report) {
      show("train", length.total, { from: report.step });
      pace ??= newPace(report.step);
      bar?.update(report.step, ...details(report, pace.after(report), length));
    },
    phase: (run) => {
      const line = phaseLine(run);
      stop();
      if (line !== undefined) note(line);
    },
    features(done, of) {
      show("features", of, { ends: false });
      bar?.update(done);
    },
    validating(done, of) {
      show("validate", of, { ends: false });
      pace = undefined;
      bar?.update(done);
    },
    validated(position, validation) {
      stop();
      note(validationLine(position, validation, length));
    },
    saved: () => {},
    warning: (text) => note(`warning: ${text}`),
    stop,
  };
}

function summary(
  folder: string,
  { sets, network, arithmetic, length, experiment }: OpenedTraining,
  from: Position,
): string {
  const { train } = experiment;
  return [
    `run         ${folder}`,
    `network     ${network.name}, ${network.classes} classes, ${sizeWords(experiment)}, width ${network.width}, ${arithmetic.precision}`,
    `pictures    ${sets.train.items.length} to train on, ${sets.validation.items.length} to validate on`,
    `steps       ${length.steps} of ${train.batch} pictures, ${length.stepsPerEpoch} to an epoch${from.step > 0 ? `; resumed at step ${from.step}` : ""}`,
    ...(arithmetic.compiler
      ? ["kernels     made for this GPU with the first step: a minute or two, and seconds at another start"]
      : []),
    labelled("recipe", recipeWords(experiment, sets.train.items.length)),
    ...(train.patience === null ? [] : [`patience    ends after ${validations(train.patience)} without a better one`]),
  ].join("\n");
}

const sizeWords = ({ data, train: { size = data.size } }: Experiment): string =>
  size === data.size ? `${size} px` : `${data.size} px (${size} in training)`;

const validations = (count: number): string => (count === 1 ? "1 validation" : `${count} validations in a row`);

/** What learns, and from what; nothing where it is everything, from pictures. */
function phaseLine({ phase, sets, experiment, trainer }: OpenedTraining): string | undefined {
  const { first, end, views, frozen } = phase;
  if (frozen.length === 0 && first === 0) return undefined;
  const what =
    phase.name === "head"
      ? "the classifier learns"
      : frozen.length === 0
        ? "all layers learn"
        : frozenWords(experiment);
  const pictures = views * sets.train.items.length + sets.validation.items.length;
  const mebibytes = trainer.trunk ? (4 * pictures * valuesIn(trainer.trunk.maps)) / 2 ** 20 : 0;
  const features =
    views > 0 ? `, from features of ${pictures} pictures computed once (${Math.ceil(mebibytes)} MiB)` : "";
  return `phase       steps ${first + 1} to ${end}: ${what}${features}`;
}

const frozenWords = ({ train }: OpenedTraining["experiment"]): string =>
  `all learns but ${[train.freeze].flat().join(", ")}`;

type Speed = { readonly secondsPerStep: number; readonly waitShare: number };
type Pace = { after(report: StepReport): Speed };

/** Speed since the first step of this stretch, which is left out: it pays for the start of the engine. */
function newPace(firstStep: number): Pace {
  const start = performance.now();
  let waited = 0;
  return {
    after({ step, waited: seconds }) {
      if (step === firstStep) return { secondsPerStep: Number.NaN, waitShare: 0 };
      waited += seconds;
      const elapsed = (performance.now() - start) / 1000;
      return { secondsPerStep: elapsed / (step - firstStep), waitShare: waited / elapsed };
    },
  };
}

/** The most important first. */
function details(
  report: StepReport,
  { secondsPerStep, waitShare }: Speed,
  length: { total: number; batch: number },
): string[] {
  const figures = [
    `loss ${report.loss.toFixed(3)}`,
    `epoch ${report.epoch.toFixed(2)}`,
    `lr ${report.learningRate.toPrecision(2)}`,
  ];
  if (Number.isNaN(secondsPerStep)) return figures;
  return [
    `${formatDuration(secondsPerStep * (length.total - report.step))} left`,
    `${(length.batch / secondsPerStep).toFixed(1)} images/s`,
    ...figures,
    `${Math.round(100 * waitShare)}% waiting for data`,
  ];
}

/** The averaged weights' figures where there are any: the best checkpoint is chosen by them. */
function validationLine(
  { step }: Position,
  { raw, average }: Validation,
  { stepsPerEpoch, classes }: { stepsPerEpoch: number; classes: number },
): string {
  const { top1, top5, loss } = average ?? raw;
  const beside = average ? `  (raw weights: top-1 ${percent(raw.top1.value)})` : "";
  const five = showsTop5(classes) ? `  top-5 ${percent(top5.value)}` : "";
  return `epoch ${epochOf(step, stepsPerEpoch)}: top-1 ${percent(top1.value)}${five}  loss ${loss.toFixed(3)}${beside}`;
}

/** 448 steps of 56 to an epoch are "8", and 70 are "1.25". */
export const epochOf = (step: number, stepsPerEpoch: number): string =>
  (step / stepsPerEpoch).toFixed(2).replace(/\.?0+$/, "");

export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
