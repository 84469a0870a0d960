// What `inception train` says in the end: how the run ended, its best validation, and what comes next.
import { formatDuration } from "./progress.ts";
import type { TrainingOutcome } from "./training.ts";
import { epochOf, percent } from "./watcher.ts";

/** One line for a run that is finished, two for one that was stopped. */
export function sayOutcome(outcome: TrainingOutcome): string {
  const { run, position, finished, stoppedEarly } = outcome;
  if (!finished) return `${run}: ${sayStopped(outcome)}`;
  return `${run}: ${stoppedEarly ? sayEarly(outcome) : `finished after ${position.step} steps`}; ${sayBest(outcome)}`;
}

function sayStopped({ run, position: { step }, length: { steps }, late }: TrainingOutcome): string {
  if (step === 0) return `stopped before its first step\nbegin it anew: inception train ${run}/config.yaml`;
  const of = step >= steps ? ` of ${steps}, in its last validation` : late ? ` of ${steps}, as its time is over` : "";
  return `stopped and saved at step ${step}${of}\nresume with: inception train --resume ${run}`;
}

/** "time        44m 12s of 45m 0s"; undefined where the time was open. */
export const sayTime = ({ seconds, maxTime }: TrainingOutcome): string | undefined =>
  maxTime === undefined ? undefined : `time        ${formatDuration(seconds)} of ${formatDuration(maxTime)}`;

/** Commands that take the run as it is. */
export const nextCommands = ({ run, stoppedEarly, report }: TrainingOutcome): string =>
  [
    ...(report === undefined ? [] : [`report      ${report}`]),
    `next        inception eval ${run}  (its errors, class by class)`,
    `            inception predict <image> --model ${run}`,
    ...(stoppedEarly ? [`            inception train --resume ${run} --set train.patience=null  (goes on)`] : []),
  ].join("\n");

function sayEarly({ position: { step, best }, length: { stepsPerEpoch } }: TrainingOutcome): string {
  const [now, then] = [step, best!.step].map((step) => epochOf(step, stepsPerEpoch));
  return `stopped early at epoch ${now}, step ${step}: no better validation since epoch ${then}`;
}

const sayBest = ({ position: { best }, classes }: TrainingOutcome): string =>
  best
    ? `best top-1 ${percent(best.top1)} at step ${best.step}, where chance is ${percent(1 / classes)}`
    : "never validated";
