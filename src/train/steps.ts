// One step of a training program: what is fed, and what it gives.
import { sharedFigures } from "../graph/shared-step.ts";
import type { Batch } from "../images/batches.ts";
import type { Engine, Feed, Feeds } from "../runtime/session.ts";
import { orLost, type Together } from "./together.ts";

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

/** What a picture counts by the number of its class. */
export type WeightOfClass = readonly number[] | undefined;

/** The step of a program with one micro-batch. */
export async function wholeStep(engine: Engine, microBatch: MicroBatch, rates: Rates): Promise<StepFigures> {
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
export async function sumStep(
  engine: Engine,
  microBatches: readonly MicroBatch[],
  rates: Rates,
  weightOfClass: WeightOfClass,
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

/** The same with other processes, which have micro-batches of their own: what it gives is of all. */
export async function sharedStep(
  engine: Engine,
  microBatches: readonly MicroBatch[],
  rates: Rates,
  weightOfClass: WeightOfClass,
  { tasks, index, asked, stop }: Together,
): Promise<StepFigures> {
  const all = microBatches.length * tasks.length;
  const own: Record<(typeof sharedFigures)[number], number> = {
    loss: 0,
    auxiliaryLoss: 0,
    correct: 0,
    weight: 0,
    stops: asked.aborted ? 1 : 0,
  };
  for (const microBatch of microBatches) {
    const share = weightOf(microBatch, weightOfClass);
    const [loss, auxiliaryLoss, correct] = await figures(engine, "accumulate", {
      ...microBatchFeeds(microBatch),
      ...statisticsFeed(rates.statisticsRate, all),
      share: float32(share),
    });
    own.loss += share * loss!;
    own.auxiliaryLoss += share * auxiliaryLoss!;
    own.correct += correct!;
    own.weight += share;
  }
  /** What the statistics keep over so many micro-batches. */
  const kept = (count: number): Feed => float32((1 - rates.statisticsRate) ** (count / all));
  const [loss, auxiliaryLoss, correct, stops, regularization, gradientNorm] = await figures(engine, "apply", {
    ...rateFeeds(rates),
    step_figures: {
      dtype: "float32",
      shape: [sharedFigures.length],
      value: Float32Array.from(sharedFigures, (name) => own[name]),
    },
    statistics_kept: kept(microBatches.length),
    statistics_left: kept(microBatches.length * (tasks.length - 1 - index)),
    statistics_step: kept(all),
  }).catch((error: unknown) => {
    throw orLost(error);
  });
  if (stops! > 0) stop();
  return {
    loss: loss!,
    auxiliaryLoss: auxiliaryLoss!,
    correct: correct!,
    regularization: regularization!,
    gradientNorm: gradientNorm!,
  };
}

/** Sets the state of all to the chief's. */
export async function synchronize(engine: Engine, { index }: Together): Promise<void> {
  await engine.run({ is_source: float32(index === 0 ? 1 : 0) }, ["synchronize"]).catch((error: unknown) => {
    throw orLost(error);
  });
}

/** What its pictures count together. */
function weightOf({ labels, mixed }: MicroBatch, weightOfClass: WeightOfClass): number {
  const weight = (label: number): number => (label < 0 ? 0 : (weightOfClass?.[label] ?? 1));
  return labels.reduce((sum, label, i) => {
    const share = mixed?.shares[i] ?? 1;
    return sum + share * weight(label) + (1 - share) * weight(mixed?.second[i] ?? label);
  }, 0);
}

/** What an entry tells as one vector. */
export const figures = async (engine: Engine, fetch: string, feeds: Feeds): Promise<number[]> => [
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
export const int32 = (values: ArrayLike<number>): Feed => ({
  dtype: "int32",
  shape: [values.length],
  value: Int32Array.from(values),
});
export const float32 = (value: number): Feed => ({ dtype: "float32", shape: [], value: Float32Array.of(value) });
