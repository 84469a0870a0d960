// The recipe for weights that have been trained before: the classifier first, then everything at a low rate.
import { decayOver } from "./decay.ts";
import type { Given, SetSize, Values } from "./recipe.ts";

/** Pure: the same set and the same given values have the same recipe. */
export function finetune({ pictures }: SetSize, given: Given): Values {
  const batch = given.batch ?? 32;
  const stepsPerEpoch = Math.max(1, Math.floor(pictures / batch));
  const epochs = given.epochs ?? epochsFor(pictures);
  const steps = given.steps ?? Math.max(1, Math.round(epochs * stepsPerEpoch));
  return {
    augment: { area: [0.35, 1], color: "off" },
    train: {
      ...(given.steps === undefined ? { epochs } : {}),
      batch,
      headFirst: { epochs: Math.min(150, Math.max(5, Math.round(headSteps / stepsPerEpoch))), learningRate: 0.005 },
      learningRate: 0.001,
      weightDecay: 0.0001,
      labelSmoothing: 0,
      optimizer: { name: "momentum", momentum: 0.9, nesterov: true },
      schedule: { name: "one-cycle", rise: 0.2 },
      averageDecay: decayOver(steps / 10),
      batchNormDecay: decayOver(steps / 10),
      auxiliaryWeight: 0,
    },
    // At the end of each phase: a validation takes as long as a third of as many pictures' training.
    evaluate: { everyEpochs: Math.max(1, Math.ceil(steps / stepsPerEpoch)) },
  };
}

/** Of the classifier alone: on features they take a second or two. */
const headSteps = 1000;

const epochsFor = (pictures: number): number => Math.round(Math.min(10, Math.max(1, 60 / Math.sqrt(pictures))));
