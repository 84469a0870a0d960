// How long a run takes at a pace, and how many steps fit into a time.
import type { Experiment } from "../config/schema.ts";
import type { Pace } from "./pace.ts";
import type { Phase } from "./phases.ts";
import { runLength } from "./schedule.ts";
import { checkpointIsDue, type Timed, validationIsDue, validationsOf } from "./timetable.ts";

type Pictures = { readonly train: number; readonly validation: number };

/** Seconds from the opening of the first program to the last checkpoint; `paces` of the phases in their order. */
export function runSeconds(
  experiment: Experiment,
  phases: readonly Phase[],
  pictures: Pictures,
  paces: readonly Pace[],
): number {
  const length = runLength(experiment.train, pictures.train);
  return phases.reduce((sum, phase, i) => sum + phaseSeconds({ experiment, length, phase }, pictures, paces[i]!), 0);
}

function phaseSeconds(run: Timed, { train, validation }: Pictures, pace: Pace): number {
  const { first, end, views } = run.phase;
  const features = views > 0 ? views * train + validation : 0;
  return (
    pace.start +
    features * pace.feature +
    (end - first - 1) * pace.step +
    validationsOf(run) * pace.validation +
    checkpointsOf(run) * pace.save
  );
}

function checkpointsOf(run: Timed): number {
  let count = 0;
  for (let step = run.phase.first + 1; step <= run.phase.end; step++)
    if (validationIsDue(run, step) || checkpointIsDue(run, step)) count += 1;
  return count;
}

/** The most steps, `most` at the most, that take no longer than `seconds`; 0 where one takes longer. */
export async function stepsWithin(
  seconds: number,
  most: number,
  secondsFor: (steps: number) => Promise<number>,
): Promise<number> {
  if ((await secondsFor(most)) <= seconds) return most;
  let [fits, tooMany] = [0, most];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if ((await secondsFor(middle)) <= seconds) fits = middle;
    else tooMany = middle;
  }
  return fits;
}
