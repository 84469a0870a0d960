// What a run does after one another: the classifier alone on features computed once, if asked for, and then the run itself.
import type { Experiment } from "../config/schema.ts";
import { isBelow } from "../graph/state.ts";
import { isConstant } from "../images/prepare.ts";
import { partsAt } from "../interpret/border.ts";
import { mainClassifier, owners, selected } from "../interpret/selection.ts";
import { outputOf, valuesIn } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import { headSteps, type RunLength, runLength } from "./schedule.ts";

export interface Phase {
  readonly name: "head" | "main";
  /** Steps of the run before it, and when it has ended. */
  readonly first: number;
  readonly end: number;
  readonly learningRate: number;
  readonly warmupEpochs: number;
  /** Positions of the layers that stay as they are. */
  readonly frozen: readonly string[];
  /** Computed once are the features of so many versions of each picture; 0: in each step. */
  readonly views: number;
  /** Whether the first version is the crop that evaluation sees. */
  readonly plainFirst: boolean;
  /** Whether it is validated and saved at its end alone. */
  readonly brief: boolean;
}

/** Bytes of features that are kept beside a run; with more they are computed in each step. */
const mostFeatures = 16 * 2 ** 30;

/** In order; each begins where the one before it ended. */
export function phasesOf(experiment: Experiment, network: Layer, pictures: number): readonly Phase[] {
  const { train, augment } = experiment;
  const { headFirst } = train;
  const before = headSteps(train, pictures);
  const frozen = [train.freeze].flat().flatMap((word) => selected(network, word));
  const allBut = owners(network).flatMap(({ path }) => (path === mainClassifier(network) ? [] : [path]));
  const views = (below: readonly string[], wanted: number): number => {
    const bytes = 4 * featuresOf(network, below, experiment.data.size) * pictures * wanted;
    return bytes > 0 && bytes <= mostFeatures ? wanted : 0;
  };
  const main: Phase = {
    name: "main",
    first: before,
    end: runLength(train, pictures).steps,
    learningRate: train.learningRate,
    warmupEpochs: train.warmupEpochs,
    frozen,
    views: isConstant(augment) ? views(frozen, 1) : 0,
    plainFirst: false,
    brief: false,
  };
  if (headFirst === null) return [main];
  const head: Phase = {
    ...main,
    name: "head",
    first: 0,
    end: before,
    learningRate: headFirst.learningRate,
    warmupEpochs: 0,
    frozen: allBut,
    views: views(allBut, headFirst.views),
    plainFirst: true,
    brief: true,
  };
  return [head, main];
}

/** Numbers that the frozen trunk gives for a picture; 0 where there is none. */
function featuresOf(network: Layer, frozen: readonly string[], size: number): number {
  const parts = partsAt(network, isBelow(frozen));
  return parts ? valuesIn(outputOf(parts.trunk, { height: size, width: size, channels: 3 })) : 0;
}

/** The length of the phase alone, by which schedules go. */
export const phaseLength = ({ first, end }: Phase, { stepsPerEpoch }: RunLength): RunLength => ({
  stepsPerEpoch,
  steps: end - first,
});
