// How long an ablation will take, from a few measured steps of each of its networks.
import { madeUpImages } from "../bench/pictures.ts";
import type { Experiment } from "../config/schema.ts";
import { buildNetwork } from "../network/catalog.ts";
import { choosePrecision } from "../runtime/features.ts";
import { planSteps } from "../train/schedule.ts";
import { startTrainer } from "../train/trainer.ts";
import type { Crops } from "./file.ts";

/** Seconds to start (compile, first step) and for each step after that. */
export type StepTime = { readonly start: number; readonly step: number };

export type SetSizes = { readonly classes: number; readonly training: number; readonly validation: number };

const measuredSteps = 2;

/** Times a training step of each experiment on made-up pictures; those with the same network, size and batch are measured once. */
export async function measureSteps(
  experiments: readonly Experiment[],
  classes: number,
  onMeasure: (experiment: Experiment) => void = () => {},
): Promise<StepTime[]> {
  const times = new Map<string, StepTime>();
  for (const experiment of experiments) {
    const key = workOf(experiment);
    if (times.has(key)) continue;
    onMeasure(experiment);
    times.set(key, await measureStep(experiment, classes));
  }
  return experiments.map((experiment) => times.get(workOf(experiment))!);
}

const workOf = ({ network, data: { size }, train: { batch, microBatch, precision } }: Experiment): string =>
  JSON.stringify([network, size, batch, microBatch, precision]);

async function measureStep(experiment: Experiment, classes: number): Promise<StepTime> {
  const { network, data, train } = experiment;
  const began = performance.now();
  const tree = buildNetwork({ ...network, classes: network.classes ?? classes }, data.size);
  const trainer = await startTrainer(tree, experiment, choosePrecision(train.precision));
  try {
    await trainer.initialize([1, 2]);
    const { batch, microBatch = batch } = train;
    const pass = {
      images: madeUpImages({ size: data.size, batch: microBatch }),
      labels: new Int32Array(microBatch),
      seed: [3, 4],
    } as const;
    const passes = Array.from({ length: batch / microBatch }, () => pass);
    const step = () => trainer.step(passes, { learningRate: 0.001, averageRate: 0.1 });
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
 * at the end, each of the two processes starting once. Decoding is taken to keep up.
 */
export function cellSeconds(experiment: Experiment, { start, step }: StepTime, sets: SetSizes, crops: Crops): number {
  const { train, evaluate } = experiment;
  const { steps, stepsPerEpoch } = planSteps(train, sets.training);
  const validations = Math.ceil(steps / stepsPerEpoch / evaluate.everyEpochs) * (train.averageDecay === null ? 1 : 2);
  const passes = validations + (crops === "single" ? 1 : crops);
  return 2 * start + steps * step + (passes * sets.validation * step) / train.batch / 3;
}
