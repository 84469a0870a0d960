// Learning-rate schedules as plain functions of how far the run has come.
import type { Experiment } from "../config/schema.ts";
import { batchesPerEpoch } from "../images/epoch.ts";

type Train = Experiment["train"];
type Named<N> = Extract<Train["schedule"], { name: N }>;

export type RunLength = { readonly stepsPerEpoch: number; readonly steps: number };

/** Rate over the base rate after so many steps. */
type Factor = (step: number, length: RunLength) => number;

const factors: { readonly [N in Train["schedule"]["name"]]: (options: Named<N>) => Factor } = {
  constant: () => () => 1,
  /** Section 8 of arXiv 1512.00567: 0.94 every two epochs, in steps. */
  exponential:
    ({ factor, everyEpochs }) =>
    (step, length) =>
      factor ** timesBy(step, everyEpochs, length),
  cosine:
    ({ final }) =>
    (step, { steps }) =>
      between(1, final, step / steps),
  "one-cycle":
    ({ rise, start, final }) =>
    (step, { steps }) => {
      const progress = step / steps;
      return progress < rise ? between(start, 1, progress / rise) : between(1, final, (progress - rise) / (1 - rise));
    },
};

/** From `from` at 0 to `to` at 1 along half a cosine. */
const between = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(share, 1)))) / 2;

/** The learning rate of step `step` (from 0). */
export function learningRate(
  train: Pick<Train, "schedule" | "warmupEpochs" | "learningRate">,
  step: number,
  length: RunLength,
): number {
  const { schedule } = train;
  const factor = (factors[schedule.name] as (options: typeof schedule) => Factor)(schedule);
  const warmup = train.warmupEpochs > 0 ? Math.min(1, (step + 1) / (train.warmupEpochs * length.stepsPerEpoch)) : 1;
  return train.learningRate * warmup * factor(step, length);
}

/**
 * How often what comes every `everyEpochs` epochs has come when `step` steps are done. Its k-th time is after
 * ceil(k * everyEpochs * stepsPerEpoch) steps, the first whole step there; a millionth of a step counts as rounding.
 */
export const timesBy = (step: number, everyEpochs: number, { stepsPerEpoch }: RunLength): number =>
  Math.floor((step + 1e-6) / (everyEpochs * stepsPerEpoch));

/**
 * Decay of a running average after `step` updates: TensorFlow's warm-up min(decay, (1 + t) / (10 + t)). It covers the last ninth of the
 * steps so far until it is as long as `decay` says.
 */
export const warmedDecay = (decay: number, step: number): number => Math.min(decay, (1 + step) / (10 + step));

/** How many steps a run has, the first phase included: an epoch is the whole batches of the training set, at least one. */
export function runLength(train: Train, pictures: number): RunLength {
  const { batch, steps, epochs } = train;
  const stepsPerEpoch = batchesPerEpoch(pictures, batch);
  return { stepsPerEpoch, steps: headSteps(train, pictures) + (steps ?? stepsIn(epochs ?? 1, stepsPerEpoch)) };
}

/** Steps of the first phase, in which the classifier learns alone. */
export const headSteps = ({ batch, headFirst }: Train, pictures: number): number =>
  headFirst ? stepsIn(headFirst.epochs, batchesPerEpoch(pictures, batch)) : 0;

const stepsIn = (epochs: number, stepsPerEpoch: number): number => Math.max(1, Math.round(epochs * stepsPerEpoch));
