// How long an ablation will take, from a few measured steps of each of its networks and a few decoded pictures.
import { madeUpImages } from "../bench/pictures.ts";
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { startDecoders, trainingBatches } from "../images/batches.ts";
import { batchesPerEpoch } from "../images/epoch.ts";
import type { Listing } from "../images/sources/listing.ts";
import { buildNetwork } from "../network/catalog.ts";
import { choosePrecision } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { phasesOf } from "../train/phases.ts";
import { headSteps, runLength, timesBy } from "../train/schedule.ts";
import { startTrainer } from "../train/trunk.ts";
import { variationOf } from "../train/variation.ts";
import type { Crops } from "./file.ts";

/** Seconds to start (compile, first step), for each step after that, and to decode a picture with every core at work. */
export type StepTime = { readonly start: number; readonly step: number; readonly picture: number };

export type SetSizes = { readonly classes: number; readonly training: number; readonly validation: number };

/** What is measured: some steps, and as many batches of pictures. */
type Sample = { readonly classes: number; readonly pictures: Listing };

const measuredSteps = 2;
const measuredBatches = 4;

/** Times each experiment's training step, on made-up pictures, and its pictures; those with the same work are measured once. */
export async function measureSteps(
  experiments: readonly Experiment[],
  sample: (experiment: Experiment) => Sample,
  onMeasure: (experiment: Experiment) => void = () => {},
): Promise<StepTime[]> {
  const times = new Map<string, StepTime>();
  for (const experiment of experiments.map(asTrained)) {
    const key = workOf(experiment);
    if (times.has(key)) continue;
    onMeasure(experiment);
    const { classes, pictures } = sample(experiment);
    const picture = await measurePicture(experiment, pictures);
    times.set(key, { ...(await measureStep(experiment, classes)), picture });
  }
  return experiments.map((experiment) => times.get(workOf(asTrained(experiment)))!);
}

const workOf = ({ network, data, augment, train: { batch, microBatch, precision } }: Experiment): string =>
  JSON.stringify([network, data, augment, batch, microBatch, precision]);

/** A picture that cannot be read counts like the others: to say so is the training's business. */
async function measurePicture(experiment: Experiment, listing: Listing): Promise<number> {
  const {
    data: { size, jpegReduction },
    train: { batch },
  } = experiment;
  const every = Math.ceil(listing.items.length / (measuredBatches * batch));
  const some = { ...listing, items: listing.items.filter((_, i) => i % every === 0) };
  const decoders = startDecoders(threads());
  const end = batchesPerEpoch(some.items.length, batch);
  const options = {
    ...{ decoders, listing: some, size, batch, jpegReduction, ...variationOf(experiment) },
    ...{ seed: 0, start: 0, end, onBad: () => {} },
  };
  const decodeAll = async (): Promise<number> => {
    const began = performance.now();
    let decoded = 0;
    for await (const { labels } of trainingBatches(options)) decoded += labels.length;
    return (performance.now() - began) / 1000 / decoded;
  };
  try {
    // The first time the threads are still starting.
    await decodeAll();
    return await decodeAll();
  } finally {
    await decoders.close();
  }
}

async function measureStep(experiment: Experiment, classes: number): Promise<Omit<StepTime, "picture">> {
  const { network, data, train } = experiment;
  const began = performance.now();
  const tree = buildNetwork({ ...network, classes: network.classes ?? classes }, data.size);
  const { frozen } = phasesOf(experiment, tree, train.batch).at(-1)!;
  const trainer = await startTrainer(tree, { ...experiment, precision: choosePrecision(train.precision), frozen });
  try {
    await trainer.begin({ from: "seed", seed: [1, 2] });
    const { batch, microBatch = batch } = train;
    const pictures = {
      images: madeUpImages({ size: data.size, batch: microBatch }),
      labels: new Int32Array(microBatch),
      seed: [3, 4],
    } as const;
    const microBatches = Array.from({ length: batch / microBatch }, () => pictures);
    const step = () =>
      trainer.step(microBatches, { learningRate: 0.001, averageRate: 0.1, statisticsRate: 0.1, update: 1 });
    await step();
    const started = performance.now();
    for (let i = 0; i < measuredSteps; i++) await step();
    return { start: (started - began) / 1000, step: (performance.now() - started) / 1000 / measuredSteps };
  } finally {
    await trainer.close();
  }
}

/**
 * Seconds of a whole cell: its steps, its validations (a picture's forward pass taken as a third of its share of a step) and the evaluation
 * at the end, and the features of a first phase, each of the two processes starting once. Decoding and arithmetic share the cores: their times are added, which errs on the high side.
 */
export function cellSeconds(experiment: Experiment, time: StepTime, sets: SetSizes, crops: Crops): number {
  const { start, step, picture } = time;
  const { train, evaluate } = experiment;
  const length = runLength(train, sets.training);
  const { steps } = length;
  const validations = Math.min(steps - 1, timesBy(steps - 1, evaluate.everyEpochs, length)) + 1;
  const copies = train.averageDecay === null ? 1 : 2;
  const looks = validations * copies + (crops === "single" ? 1 : crops);
  const forward = step / train.batch / 3;
  return (
    2 * start +
    (steps - headSteps(train, sets.training)) * (step + train.batch * picture) +
    (train.headFirst?.views ?? 0) * sets.training * (forward + picture) +
    sets.validation * (looks * forward + (validations * copies + 1) * picture)
  );
}
