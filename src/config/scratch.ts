// The recipe for learning from random weights, from a few hundred pictures on: everything follows from the set and its steps.

import type { NetworkName } from "../network/options.ts";
import { decayOver } from "./decay.ts";
import type { Given, SetSize, Values } from "./recipe.ts";

/** Sets from this number of pictures on have enough in them for the whole network. */
const largeSet = 20_000;
/** Passes over the set: from a small one on they fall with the square root of the pictures, so that four times as many are seen twice as long. */
const [mostEpochs, fewestEpochs] = [100, 20];
const smallSet = 540;
/** A picture that is seen as often is learned by heart: from there on pictures are mixed, and how fast a step learns is no longer what counts. */
const manyEpochs = 30;
const [smallBatch, largeBatch] = [16, 32];

/** Pure: the same set and the same given values have the same recipe. */
export function scratch({ pictures }: SetSize, given: Given): Values {
  const epochs = given.epochs ?? epochsFor(pictures);
  const passes = given.steps === undefined ? epochs : (given.steps * smallBatch) / pictures;
  const own = updatesFor(given, pictures < largeSet && passes < manyEpochs);
  const batch = given.batch ?? (own === updates.muon || pictures >= largeSet ? largeBatch : smallBatch);
  const stepsPerEpoch = Math.max(1, Math.floor(pictures / batch));
  const steps = given.steps ?? Math.max(1, Math.round(epochs * stepsPerEpoch));
  return {
    ...(given.network === undefined ? networkFor(pictures, given.size) : {}),
    augment: {
      area: [0.35, 1],
      color: "off",
      ...(steps >= manyEpochs * stepsPerEpoch ? { mix: { name: "either" } } : {}),
    },
    train: {
      ...(given.steps === undefined ? { epochs } : {}),
      batch,
      ...own,
      schedule: { name: "one-cycle", rise: 0.2 },
      averageDecay: decayOver(steps / 10),
      batchNormDecay: decayOver(steps / 30),
    },
    // Resized as training's crops are, with antialiasing: 82.8% of imagenette-128 in the place of 81.5. Some twenty validations in a run.
    evaluate: { preset: "torchvision", everyEpochs: Math.max(1, Math.round(steps / stepsPerEpoch / 20)) },
  };
}

const epochsFor = (pictures: number): number =>
  Math.round(Math.min(mostEpochs, Math.max(fewestEpochs, mostEpochs * Math.sqrt(smallSet / pictures))));

const standard: NetworkName = "bn-inception";

/**
 * BN-Inception learns faster than Inception-v3 and costs a third of it. Its stem divides a picture of 112 pixels or more by 8; a smaller one
 * keeps more of itself, so that four cells or more are left in the end. A network that the file names is the published one.
 */
function networkFor(pictures: number, givenSize: number | undefined): Values {
  const large = pictures >= largeSet;
  const size = givenSize ?? (large ? 224 : 128);
  const stem = size < 64 ? { stemStride: 1, stemPool: false } : size < 112 ? { stemStride: 1 } : {};
  return { network: { name: standard, width: large ? 1 : 0.5, ...stem }, data: { size } };
}

/** How gradients become updates: optimizers with the rate, the decay and the clipping that suit them. */
const updates = {
  sgd: { learningRate: 0.1, weightDecay: 0.0005, clipNorm: null, optimizer: { name: "sgd" } },
  momentum: {
    learningRate: 0.05,
    weightDecay: 0.0005,
    clipNorm: 2,
    optimizer: { name: "momentum", momentum: 0.9, nesterov: true },
  },
  // Below the squares of the gradients, epsilon lets every weight move at a rate of its own.
  rmsprop: {
    learningRate: 0.0003,
    weightDecay: 0.00004,
    clipNorm: null,
    optimizer: { name: "rmsprop", epsilon: 1e-8 },
  },
  // Of a kernel's size, which decay would take from, batch norm takes no notice.
  muon: { learningRate: 0.006, weightDecay: 0, clipNorm: null, optimizer: { name: "muon" } },
  adamw: { learningRate: 0.002, weightDecay: 0.05, clipNorm: 2, optimizer: { name: "adamw" } },
} as const;

/** The gradient of Inception-v2 and v3 has a norm of about 50 at the start: at a rate for later, plain momentum then ends at chance. */
const updatesOf: Readonly<Record<NetworkName, Values & { optimizer: { name: string } }>> = {
  "bn-inception": updates.momentum,
  "inception-v2": updates.rmsprop,
  "inception-v3": updates.rmsprop,
  // Without batch norm: the rate of Caffe's reference model.
  googlenet: { ...updates.momentum, learningRate: 0.01 },
};

function updatesFor({ network, optimizer }: Given, fast: boolean): Values {
  const name = isKey(updatesOf, network) ? network : standard;
  const own = fast && name === standard ? updates.muon : updatesOf[name];
  return isKey(updates, optimizer) && optimizer !== own.optimizer.name ? updates[optimizer] : own;
}

const isKey = <T extends object>(table: T, key: string | undefined): key is string & keyof T =>
  key !== undefined && Object.hasOwn(table, key);
