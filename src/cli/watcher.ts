// What `inception train` shows while it runs.
import type { StepReport, Validation } from "../train/loop.ts";
import type { Watcher } from "../train/run.ts";
import type { Position, Training } from "../train/training.ts";
import { note } from "./print.ts";
import { formatDuration, type Progress, progressBar } from "./progress.ts";

export function consoleWatcher(folder: string): Watcher {
  let bar: Progress | undefined;
  let total = 0;
  let stepsPerEpoch = 1;
  let batch = 1;
  let pace: Pace | undefined;
  const pause = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    started(run, from) {
      ({ steps: total, stepsPerEpoch } = run.length);
      batch = run.experiment.train.batch;
      note(summary(folder, run, from));
    },
    step(report) {
      bar ??= progressBar("train", total, report.step);
      pace ??= newPace(report.step);
      bar.update(report.step, details(report, pace.after(report), { total, stepsPerEpoch, batch }));
      if (report.step === total) pause();
    },
    validating() {
      pause();
      pace = undefined;
    },
    validated: (position, validation) => note(validationLine(position, validation, stepsPerEpoch)),
    saved: () => {},
    warning(text) {
      pause();
      note(`warning: ${text}`);
    },
  };
}

function summary(folder: string, { sets, network, precision, length, experiment }: Training, from: Position): string {
  const { train, data } = experiment;
  return [
    `run         ${folder}`,
    `network     ${network.name}, ${network.classes} classes, ${data.size} px, width ${network.width}, ${precision}`,
    `pictures    ${sets.train.items.length} to train on, ${sets.validation.items.length} to validate on`,
    `steps       ${length.steps} of ${train.batch} pictures, ${length.stepsPerEpoch} to an epoch${from.step > 0 ? `; going on from ${from.step}` : ""}`,
  ].join("\n");
}

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

function details(
  report: StepReport,
  { secondsPerStep, waitShare }: Speed,
  length: { total: number; stepsPerEpoch: number; batch: number },
): string {
  const figures = [
    `epoch ${report.epoch.toFixed(2)}`,
    `loss ${report.loss.toFixed(3)}`,
    `lr ${report.learningRate.toPrecision(2)}`,
  ];
  if (Number.isNaN(secondsPerStep)) return figures.join("  ");
  return [
    ...figures,
    `${(length.batch / secondsPerStep).toFixed(1)} images/s`,
    `${formatDuration(secondsPerStep * (length.total - report.step))} left`,
    `${Math.round(100 * waitShare)}% waiting for data`,
  ].join("  ");
}

function validationLine({ step }: Position, { raw, average }: Validation, stepsPerEpoch: number): string {
  const figures = ({ top1, top5, loss }: Validation["raw"]): string =>
    `top-1 ${percent(top1.value)}  top-5 ${percent(top5.value)}  loss ${loss.toFixed(3)}`;
  const epoch = (step / stepsPerEpoch).toFixed(2).replace(/\.?0+$/, "");
  return `epoch ${epoch}: ${figures(raw)}${average ? `  |  averaged weights: ${figures(average)}` : ""}  (${raw.n} pictures)`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
