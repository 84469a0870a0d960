// What is due after which step: validations, checkpoints, and the end of a run that no longer gets better.
import type { Phase } from "./phases.ts";
import { timesBy } from "./schedule.ts";
import type { Position, Training } from "./training.ts";

export type Timed = Pick<Training, "experiment" | "length" | "phase">;

/** Validations of the phase by this step, but for the one at its end; a step has one at the most. */
const validationsBy = ({ experiment, length, phase }: Timed, step: number): number =>
  Math.min(step - phase.first, timesBy(step - phase.first, experiment.evaluate.everyEpochs, length));

/** After each `everyEpochs` of the phase, at the first step there, and at its end. */
export const validationIsDue = (run: Timed, step: number): boolean =>
  step === run.phase.end || (!run.phase.brief && validationsBy(run, step) > validationsBy(run, step - 1));

/** At each epoch's end and every so many steps; a validation has one too, and so has what is due by the clock. */
export const checkpointIsDue = ({ experiment: { checkpoint }, length, phase }: Timed, step: number): boolean =>
  !phase.brief &&
  (step % length.stepsPerEpoch === 0 || (checkpoint.everySteps !== undefined && step % checkpoint.everySteps === 0));

/** Whether every run of the experiment has a checkpoint of this step: it is no one's that the clock or a stop brought about. */
export function isScheduled(run: Omit<Timed, "phase">, phases: readonly Phase[], step: number): boolean {
  const phase = phases.find(({ first, end }) => step > first && step <= end);
  if (phase === undefined) return step === 0;
  return validationIsDue({ ...run, phase }, step) || checkpointIsDue({ ...run, phase }, step);
}

/** Whether what was done since the last save, or since the sitting began, is `checkpoint.everyMinutes` old; `now` in milliseconds. */
export function saveClock(
  { experiment: { checkpoint } }: Pick<Timed, "experiment">,
  now: () => number,
): { isDue(): boolean; reset(): void } {
  let last = now();
  return {
    isDue: () => checkpoint.everyMinutes !== null && now() - last >= 60_000 * checkpoint.everyMinutes,
    reset: () => {
      last = now();
    },
  };
}

/**
 * Whether `train.patience` validations of the phase have come since the best one. It follows from the position alone, so that a resumed run
 * ends where one does that was never stopped.
 */
export function isOutOfPatience(run: Timed, { step, best, validated }: Position): boolean {
  const { patience } = run.experiment.train;
  if (patience === null || best === null || step >= run.phase.end) return false;
  return validationsBy(run, validated) - validationsBy(run, Math.max(best.step, run.phase.first)) >= patience;
}

/** Validations of a phase that has its whole length. */
export const validationsOf = (run: Timed): number => (run.phase.brief ? 0 : validationsBy(run, run.phase.end - 1)) + 1;
