// A training program at work: steps in, figures out.
import type { WholeFiles } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { type Kernels, passes } from "../graph/kernels.ts";
import { type ProbeProgram, probeProgram } from "../graph/probe-program.ts";
import type { NamedTensors } from "../graph/state.ts";
import { trainingProgram } from "../graph/training-program.ts";
import type { Batch } from "../images/batches.ts";
import type { Shape } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { startEngine } from "../runtime/engine.ts";
import type { Engine, Feed, Feeds } from "../runtime/session.ts";
import { threads } from "../runtime/threads.ts";
import type { Start } from "./start.ts";
import { begin, save } from "./state.ts";

/** One micro-batch's pictures: raw uint8 [batch, size, size, 3], and labels, -1 for a picture left out. */
export type MicroBatch = Pick<Batch, "images" | "labels" | "mixed"> & {
  readonly seed: readonly [number, number];
};
export type StepFigures = {
  readonly loss: number;
  readonly auxiliaryLoss: number;
  readonly regularization: number;
  readonly gradientNorm: number;
  readonly correct: number;
};
/** What changes how fast in a step. */
export type Rates = {
  readonly learningRate: number;
  /** 1 - decay of the running average. */
  readonly averageRate: number;
  /** 1 - decay of batch norm's running mean and variance. */
  readonly statisticsRate: number;
  /** The number of the optimizer's update, from 1. */
  readonly update: number;
};

export interface Trainer {
  /** Where the layers that stay as they are begin at the input: they and the rest can be used apart, so that features are computed once. */
  readonly trunk?: Trunk;
  /** Sets the whole state. Throws UserError("foreignWeights") naming what weights lack, have too much or in another shape. */
  begin(start: Start): Promise<void>;
  /** One update from the mean gradient of the microBatches; none, and the state as it was, where a figure is not finite. */
  step(microBatches: readonly MicroBatch[], rates: Rates): Promise<StepFigures>;
  /** The first layer, in the network's order, that gives a value that is not finite for these; undefined where none does. */
  firstOverflow(microBatches: readonly MicroBatch[]): Promise<string | undefined>;
  save(): Promise<WholeFiles>;
  close(): Promise<void>;
}

export interface Trunk {
  /** The rest of the network. */
  readonly head: Layer;
  /** What the trunk gives for one picture, and the rest reads. */
  readonly maps: Shape;
  /** Of the weights that stay as they are. */
  digest(): string;
  /** The maps of a micro-batch's pictures, raw float32. */
  features(images: Uint8Array): Promise<Uint8Array>;
  /** The same as the trainer's, from features in the place of pictures. */
  readonly fromFeatures: Pick<Trainer, "step" | "firstOverflow">;
}

export type StepOptions = Pick<Experiment, "data" | "train"> & {
  readonly precision: "float32" | "bfloat16";
  /** Positions in the tree: what lies below them stays as it is. */
  readonly frozen?: readonly string[];
  /** What the network reads in the place of pictures. */
  readonly maps?: Shape;
  /** What the learning rate is multiplied by for a variable. */
  readonly rateOf?: (name: string) => number;
  /** What a picture counts by the number of its class. */
  readonly weightOfClass?: readonly number[] | undefined;
  /** Whether micro-batches come mixed. */
  readonly mixed?: boolean;
  /** Chosen by races where they are not given. */
  readonly kernels?: Kernels;
};

/** Compiles the whole training step and starts an engine for it. */
export async function startStep(network: Layer, options: StepOptions): Promise<Trainer> {
  const { data, train, precision, frozen, maps, rateOf, weightOfClass, mixed } = options;
  const batch = train.microBatch ?? train.batch;
  const input = maps ?? { height: data.size, width: data.size, channels: 3 };
  const kernels = options.kernels ?? (await kernelsFor({ network, input, batch, precision, passes }));
  const compiled = {
    ...train,
    size: data.size,
    pixels: data.pixels,
    batch,
    microBatches: train.batch / batch,
    precision,
    kernels,
    threads: threads(),
    average: train.averageDecay !== null,
    frozen: frozen ?? [],
    maps,
    rateOf,
    weightOfClass,
    mixed,
  };
  const program = trainingProgram(network, compiled);
  const engine = await startEngine(program.bytes);
  return {
    begin: async (start) => void (await begin(engine, program, start)),
    step: (microBatches, rates) =>
      microBatches.length === 1
        ? wholeStep(engine, microBatches[0]!, rates)
        : sumStep(engine, microBatches, rates, weightOfClass),
    firstOverflow: async (microBatches) => {
      const { weights } = await save(engine, program);
      return firstOverflow(probeProgram(network, compiled), weights as NamedTensors, microBatches);
    },
    save: () => save(engine, program),
    close: () => engine.close(),
  };
}

async function firstOverflow(
  program: ProbeProgram,
  weights: NamedTensors,
  microBatches: readonly MicroBatch[],
): Promise<string | undefined> {
  const engine = await startEngine(program.bytes);
  try {
    await begin(engine, program, { from: "weights", weights });
    const bad = [];
    for (const { images, seed } of microBatches) {
      const finite = await figures(engine, "finite", { images: { dtype: "string", value: images }, seed: int32(seed) });
      bad.push(...finite.flatMap((all, layer) => (all === 0 ? [layer] : [])));
    }
    return program.layers[Math.min(...bad)];
  } finally {
    await engine.close();
  }
}

async function wholeStep(engine: Engine, microBatch: MicroBatch, rates: Rates): Promise<StepFigures> {
  const [loss, auxiliaryLoss, correct, regularization, gradientNorm] = await figures(engine, "train", {
    ...microBatchFeeds(microBatch),
    ...rateFeeds(rates),
    ...statisticsFeed(rates.statisticsRate, 1),
  });
  return {
    loss: loss!,
    auxiliaryLoss: auxiliaryLoss!,
    correct: correct!,
    regularization: regularization!,
    gradientNorm: gradientNorm!,
  };
}

/** Each micro-batch counts by its pictures, so that one weighs the same wherever it stands, and one left out nothing. */
async function sumStep(
  engine: Engine,
  microBatches: readonly MicroBatch[],
  rates: Rates,
  weightOfClass: StepOptions["weightOfClass"],
): Promise<StepFigures> {
  const counts = microBatches.map((microBatch) => weightOf(microBatch, weightOfClass));
  const all = counts.reduce((sum, count) => sum + count, 0);
  let [loss, auxiliaryLoss, correct] = [0, 0, 0];
  for (const [i, microBatch] of microBatches.entries()) {
    const share = all > 0 ? counts[i]! / all : 0;
    const values = await figures(engine, "accumulate", {
      ...microBatchFeeds(microBatch),
      ...statisticsFeed(rates.statisticsRate, microBatches.length),
      share: float32(share),
    });
    loss += share * values[0]!;
    auxiliaryLoss += share * values[1]!;
    correct += values[2]!;
  }
  const [regularization, gradientNorm] = await figures(engine, "apply", {
    ...rateFeeds(rates),
    step_loss: float32(Math.max(loss, auxiliaryLoss)),
  });
  return { loss, auxiliaryLoss, correct, regularization: regularization!, gradientNorm: gradientNorm! };
}

/** What its pictures count together. */
function weightOf({ labels, mixed }: MicroBatch, weightOfClass: StepOptions["weightOfClass"]): number {
  const weight = (label: number): number => (label < 0 ? 0 : (weightOfClass?.[label] ?? 1));
  return labels.reduce((sum, label, i) => {
    const share = mixed?.shares[i] ?? 1;
    return sum + share * weight(label) + (1 - share) * weight(mixed?.second[i] ?? label);
  }, 0);
}

const figures = async (engine: Engine, fetch: string, feeds: Feeds): Promise<number[]> => [
  ...(await engine.run(feeds, [fetch]))[0]!.data,
];

const microBatchFeeds = ({ images, labels, mixed, seed }: MicroBatch): Feeds => ({
  images: { dtype: "string", value: images },
  labels: int32(labels),
  ...(mixed && {
    second_labels: int32(mixed.second),
    label_shares: { dtype: "float32", shape: [mixed.shares.length], value: mixed.shares },
  }),
  seed: int32(seed),
});
const rateFeeds = ({ learningRate, averageRate, update }: Rates): Feeds => ({
  learning_rate: float32(learningRate),
  average_rate: float32(averageRate),
  update: float32(update),
});
/** The micro-batches of a step together forget as much as one whole batch does. */
const statisticsFeed = (rate: number, microBatches: number): Feeds => ({
  statistics_rate: float32(1 - (1 - rate) ** (1 / microBatches)),
});
const int32 = (values: ArrayLike<number>): Feed => ({
  dtype: "int32",
  shape: [values.length],
  value: Int32Array.from(values),
});
const float32 = (value: number): Feed => ({ dtype: "float32", shape: [], value: Float32Array.of(value) });
