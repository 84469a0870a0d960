// A training program at work: steps in, figures out, and its whole state as named tensors.
import type { CheckpointFiles } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { groups, type Layout, type NamedTensors, pack, unpack } from "../graph/state.ts";
import { type TrainingProgram, trainingProgram } from "../graph/training-program.ts";
import { entry } from "../graph/vectors.ts";
import type { Layer } from "../network/layer.ts";
import { startEngine } from "../runtime/engine.ts";
import { chooseKernels } from "../runtime/features.ts";
import type { Engine, Feed, Feeds } from "../runtime/session.ts";

/** One micro-batch's pictures: raw uint8 [batch, size, size, 3], and labels, -1 for a picture left out. */
export type MicroBatch = {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  readonly seed: readonly [number, number];
};
export type StepFigures = {
  readonly loss: number;
  readonly auxiliaryLoss: number;
  readonly regularization: number;
  readonly gradientNorm: number;
  readonly correct: number;
};
export type Rates = { readonly learningRate: number; readonly averageRate: number };

export interface Trainer {
  initialize(seed: readonly [number, number]): Promise<void>;
  /** One update from the mean gradient of the microBatches. */
  step(microBatches: readonly MicroBatch[], rates: Rates): Promise<StepFigures>;
  save(): Promise<CheckpointFiles>;
  load(files: CheckpointFiles): Promise<void>;
  close(): Promise<void>;
}

/** Compiles the experiment's training step and starts an engine for it. */
export async function startTrainer(
  network: Layer,
  { data, train }: Pick<Experiment, "data" | "train">,
  precision: "float32" | "bfloat16",
): Promise<Trainer> {
  const batch = train.microBatch ?? train.batch;
  const program = trainingProgram(network, {
    ...train,
    size: data.size,
    batch,
    microBatches: train.batch / batch,
    precision,
    average: train.averageDecay !== null,
    kernels: chooseKernels(),
  });
  const engine = await startEngine(program.bytes);
  return {
    initialize: async (seed) => void (await engine.run({ seed: int32(seed) }, ["initialize"])),
    step: (microBatches, rates) =>
      microBatches.length === 1 ? wholeStep(engine, microBatches[0]!, rates) : sumStep(engine, microBatches, rates),
    save: () => save(engine, program),
    load: (files) => load(engine, program, files),
    close: () => engine.close(),
  };
}

async function wholeStep(engine: Engine, microBatch: MicroBatch, rates: Rates): Promise<StepFigures> {
  const [loss, auxiliaryLoss, correct, regularization, gradientNorm] = await figures(engine, "train", {
    ...microBatchFeeds(microBatch),
    ...rateFeeds(rates),
  });
  return {
    loss: loss!,
    auxiliaryLoss: auxiliaryLoss!,
    correct: correct!,
    regularization: regularization!,
    gradientNorm: gradientNorm!,
  };
}

/** Each micro-batch counts by its pictures, so that one left out weighs the same wherever it stands. */
async function sumStep(engine: Engine, microBatches: readonly MicroBatch[], rates: Rates): Promise<StepFigures> {
  const counts = microBatches.map(({ labels }) => labels.filter((label) => label >= 0).length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  let [loss, auxiliaryLoss, correct] = [0, 0, 0];
  for (const [i, microBatch] of microBatches.entries()) {
    const share = counts[i]! / Math.max(all, 1);
    const values = await figures(engine, "accumulate", { ...microBatchFeeds(microBatch), share: float32(share) });
    loss += share * values[0]!;
    auxiliaryLoss += share * values[1]!;
    correct += values[2]!;
  }
  const [regularization, gradientNorm] = await figures(engine, "apply", rateFeeds(rates));
  return { loss, auxiliaryLoss, correct, regularization: regularization!, gradientNorm: gradientNorm! };
}

const figures = async (engine: Engine, fetch: string, feeds: Feeds): Promise<number[]> => [
  ...(await engine.run(feeds, [fetch]))[0]!.data,
];

const microBatchFeeds = ({ images, labels, seed }: MicroBatch): Feeds => ({
  images: { dtype: "string", value: images },
  labels: int32(labels),
  seed: int32(seed),
});
const rateFeeds = ({ learningRate, averageRate }: Rates): Feeds => ({
  learning_rate: float32(learningRate),
  average_rate: float32(averageRate),
});
const int32 = (values: ArrayLike<number>): Feed => ({
  dtype: "int32",
  shape: [values.length],
  value: Int32Array.from(values),
});
const float32 = (value: number): Feed => ({ dtype: "float32", shape: [], value: Float32Array.of(value) });

/** Everything but gradient sums, which are zero between steps. */
const savedVectors = (program: TrainingProgram): string[] =>
  [...program.vectors.keys()].filter((name) => !name.startsWith("gradient/"));

async function save(engine: Engine, program: TrainingProgram): Promise<CheckpointFiles> {
  const names = savedVectors(program);
  const tensors = await engine.run({}, names.map(entry.read));
  const vectors = new Map(names.map((name, i) => [name, tensors[i]!.data as Float32Array]));
  const named = (wanted: (prefix: string) => boolean, rename = (prefix: string) => prefix): NamedTensors =>
    new Map(
      [...vectors].flatMap(([name, vector]) => {
        const { prefix, group } = vectorName(name);
        return wanted(prefix) ? [...unpack(program.layout[group], vector, rename(prefix))] : [];
      }),
    );
  const average = named(isAverage, () => "");
  return {
    weights: named((prefix) => prefix === ""),
    ...(average.size > 0 && { average }),
    optimizer: named((prefix) => prefix !== "" && !isAverage(prefix)),
  };
}

async function load(engine: Engine, program: TrainingProgram, files: CheckpointFiles): Promise<void> {
  const source = (prefix: string): [ReadonlyMap<string, { data: Float32Array }>, string] =>
    prefix === ""
      ? [files.weights as NamedTensors, ""]
      : isAverage(prefix)
        ? [files.average as NamedTensors, ""]
        : [files.optimizer as NamedTensors, prefix];
  const feeds = [...program.vectors].map(([name, size]): [string, Feed] => {
    const { prefix, group } = vectorName(name);
    const vector = prefix === "gradient/" ? new Float32Array(size) : pack(program.layout[group], ...source(prefix));
    return [entry.assign(name), { dtype: "string", value: new Uint8Array(vector.buffer) }];
  });
  await engine.run(Object.fromEntries(feeds), [entry.assigned]);
}

const isAverage = (prefix: string): boolean => prefix === "average/";

/** `momentum/kernels` as prefix `momentum/` and group `kernels`. */
function vectorName(name: string): { prefix: string; group: keyof Layout } {
  const group = groups.find((group) => name === group || name.endsWith(`/${group}`))!;
  return { prefix: name.slice(0, name.length - group.length), group };
}
