// What a run is warned about: a length, a patience or classes that its recipe does not suit, and validations that say something is wrong.
import type { Experiment } from "../config/schema.ts";
import { learningRate, type RunLength } from "./schedule.ts";
import { type Timed, validationsOf } from "./timetable.ts";

/** Fewer hardly leave the warm-up of a rate and of an average. */
const fewestSteps = 100;
/** A run is short where the rate has to come down within it for the weights to settle. */
const shortRun = 20_000;
/** Share of the full rate that is still high at a run's end. */
const highShare = 0.3;

/** One sentence on a recipe that cannot work in so few steps, naming the keys to set; undefined where it can. */
export function lengthWarning({ train }: Pick<Experiment, "train">, length: RunLength): string | undefined {
  const { steps } = length;
  if (steps < fewestSteps)
    return `${steps} ${steps === 1 ? "step is" : "steps are"} too few to learn much in; set train.epochs or train.steps to ${fewestSteps} steps or more`;
  const share = learningRate(train, steps - 1, length) / train.learningRate;
  if (steps >= shortRun || share <= highShare) return undefined;
  return (
    `after ${steps} steps, the last, the learning rate is still ${Math.round(100 * share)}% of the full one, so that the weights do not ` +
    "settle; leave train.schedule to recipe: scratch, or set train.schedule.name to one-cycle"
  );
}

/** How many times as many pictures a class may have as another. */
const mostOver = 5;

/** One sentence where some class is far larger than another and nothing makes up for it; undefined elsewhere. `counts`: pictures of each class. */
export const imbalanceWarning = (
  { data, train }: Pick<Experiment, "data" | "train">,
  counts: readonly number[],
  classes: readonly string[],
): string | undefined =>
  train.classWeights === "none" && data.sampling === "uniform" ? imbalanceOf(counts, classes) : undefined;

/** The same of a set, whatever an experiment says. */
export function imbalanceOf(counts: readonly number[], classes: readonly string[]): string | undefined {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  if (most <= mostOver * fewest) return undefined;
  const named = (count: number): string => `${classes[counts.indexOf(count)]} (${count})`;
  return (
    `${named(most)} has over ${mostOver} times as many pictures as ${named(fewest)}; ` +
    "train.classWeights: auto or data.sampling: balanced has all count the same"
  );
}

/** One sentence on a patience that cannot end the phase early; undefined where it can, or where there is none. */
export function patienceWarning(run: Timed): string | undefined {
  const { patience } = run.experiment.train;
  const validations = validationsOf(run);
  if (patience === null || patience < validations) return undefined;
  return (
    `train.patience is ${patience}, which cannot end a run of ${validations} ${validations === 1 ? "validation" : "validations"} early; ` +
    "set evaluate.everyEpochs to have more of them"
  );
}

/** How many times the loss of guessing is far above it. */
const farAbove = 2;
/** Training losses that are averaged at the start and at present. */
const window = 10;

export interface LossWatch {
  trained(loss: number): void;
  /** A sentence, once, where this validation loss is far above that of guessing while the training loss has fallen. */
  validated(loss: number): string | undefined;
}

export function lossWatch(classes: number): LossWatch {
  const first: number[] = [];
  let last: number[] = [];
  let said = false;
  const guessing = Math.log(classes);
  return {
    trained(loss) {
      if (first.length < window) first.push(loss);
      else last = [...last.slice(1 - window), loss];
    },
    validated(loss) {
      const falls = last.length === window && mean(last) < mean(first);
      if (said || !falls || loss < farAbove * guessing) return undefined;
      said = true;
      return (
        `the validation loss (${loss.toFixed(2)}) is far above that of guessing (ln ${classes} = ${guessing.toFixed(2)}) while the training ` +
        "loss falls: batch norm's statistics and the averages have not settled yet (train.batchNormDecay, train.averageDecay), or the " +
        "validation pictures are of another kind than those it trains on"
      );
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
