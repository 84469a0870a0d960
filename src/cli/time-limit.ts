// `--max-time`: as many steps as fit into a time, and a stop where they take longer than was measured.
import { defaultConfig } from "../config/find.ts";
import { textOf } from "../config/origins.ts";
import type { Experiment } from "../config/schema.ts";
import { loadSubject } from "../config/subject.ts";
import { UserError } from "../errors.ts";
import { runSeconds, stepsWithin } from "../train/duration.ts";
import { measurePaces, type Pace } from "../train/pace.ts";
import { headSteps, runLength } from "../train/schedule.ts";
import { phasesOfRun, sizeOf } from "../train/training.ts";
import { note } from "./print.ts";
import { formatDuration } from "./progress.ts";
import { type Changes, settings } from "./shorthands.ts";
import type { Opened } from "./training-experiment.ts";

/** Seconds since the process began, which count as the run's. */
export const secondsSoFar = (): number => performance.now() / 1000;

/** Share of the time that is spent on measuring, and the most seconds of it. */
const measuring = { share: 0.03, most: 20 };
/** By so much of the time a run may be longer than it was to be. */
const tolerance = 0.1;

type Limited = Opened & {
  readonly config: string | undefined;
  readonly changes: Changes;
  readonly output: string;
  /** Seconds that the process may take, from its beginning. */
  readonly limit: number;
  readonly stop: AbortSignal;
};

/**
 * The experiment with as many steps as fit, all else by the recipe for so many; as it is where its own length fits. Undefined where the
 * signal stopped it. Throws UserError("usage") where there is no time for a step.
 */
export async function fitToTime(limited: Limited): Promise<Experiment | undefined> {
  const { config, changes, experiment, sets, output, limit, stop } = limited;
  const seconds = Math.min(measuring.most, measuring.share * limit);
  note(`time        at most ${formatDuration(limit)}; measuring how long steps take`);
  const paces = await measurePaces({ experiment, sets, output, seconds, stop });
  if (paces === undefined) return undefined;
  const pictures = { train: sets.train.items.length, validation: sets.validation.items.length };
  const first = headSteps(experiment.train, pictures.train);
  const whole = runLength(experiment.train, pictures.train).steps - first;
  const withSteps = async (steps: number): Promise<Experiment> => {
    const set = { text: `train.steps=${steps}`, origin: { text: "--max-time", offset: Number.POSITIVE_INFINITY } };
    const others = settings(changes).filter((one) => !/^\s*train\.(epochs|steps)\s*=/.test(textOf(one)));
    const loaded = await loadSubject(config ?? defaultConfig(), [...others, set], async () => sizeOf(sets));
    return loaded.experiment;
  };
  const secondsFor = async (steps: number): Promise<number> => {
    const fitted = steps === whole ? experiment : await withSteps(steps);
    return runSeconds(fitted, phasesOfRun(fitted, sets), pictures, paces);
  };
  const left = limit - secondsSoFar();
  const steps = await stepsWithin(left, whole, secondsFor);
  if (steps === 0) throw tooShort(limit, secondsSoFar() + (await secondsFor(1)));
  const fitted = steps === whole ? experiment : await withSteps(steps);
  note(`            ${sayFit(first + steps, first + whole, await secondsFor(steps), paces.at(-1)!)}`);
  return fitted;
}

const sayFit = (steps: number, whole: number, seconds: number, { step, validation }: Pace): string =>
  `${steps === whole ? `all ${whole} steps` : `${steps} of ${whole} steps`} fit: ${formatDuration(seconds)}, ` +
  `${step.toFixed(2)} s a step, ${validation.toFixed(1)} s a validation`;

const tooShort = (limit: number, needed: number): UserError =>
  new UserError(
    "usage",
    `--max-time ${formatDuration(limit)} is too short for one step, expected ${formatDuration(needed)} at least`,
  );

/** Raised where the time is over by a tenth; `clear` takes the timer away. */
export function timeIsOver(limit: number): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const over = 1000 * ((1 + tolerance) * limit - secondsSoFar());
  const timer = setTimeout(() => controller.abort(), Math.min(Math.max(0, over), longestTimer)).unref();
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** Node's timers hold no more; 24 days. */
const longestTimer = 2 ** 31 - 1;
