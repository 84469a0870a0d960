// What `inception train` says in the end: how the run ended, its best validation, and what comes next.
import type { trainExperiment } from "./training.ts";
import { epochOf, percent } from "./watcher.ts";

type Outcome = Awaited<ReturnType<typeof trainExperiment>>;

/** One line for a run that is finished, two for one that was stopped. */
export function sayOutcome(outcome: Outcome): string {
  const { run, position, finished, stoppedEarly } = outcome;
  const { step } = position;
  if (!finished) return `${run}: stopped and saved at step ${step}\nresume with: inception train --resume ${run}`;
  return `${run}: ${stoppedEarly ? sayEarly(outcome) : `finished after ${step} steps`}; ${sayBest(outcome)}`;
}

/** Commands that take the run as it is. */
export const nextCommands = ({ run, stoppedEarly }: Outcome): string =>
  [
    `next        inception eval ${run}  (its errors, class by class)`,
    `            inception predict <image> --model ${run}`,
    ...(stoppedEarly ? [`            inception train --resume ${run} --set train.patience=null  (goes on)`] : []),
  ].join("\n");

function sayEarly({ position: { step, best }, length: { stepsPerEpoch } }: Outcome): string {
  const [now, then] = [step, best!.step].map((step) => epochOf(step, stepsPerEpoch));
  return `stopped early at epoch ${now}, step ${step}: no better validation since epoch ${then}`;
}

const sayBest = ({ position: { best }, classes }: Outcome): string =>
  best
    ? `best top-1 ${percent(best.top1)} at step ${best.step}, where chance is ${percent(1 / classes)}`
    : "never validated";
