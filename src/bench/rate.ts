// The project's own speed: images in a second of a network's training step or evaluation, on made-up pictures.
import { experimentSchema } from "../config/schema.ts";
import { startEvaluator } from "../evaluate/evaluator.ts";
import { cost } from "../interpret/cost.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import { choosePrecision } from "../runtime/features.ts";
import { startTrainer } from "../train/trainer.ts";
import { convRate } from "./conv-limit.ts";
import { median } from "./median.ts";

export interface BenchOptions {
  readonly network: NetworkOptions["name"];
  readonly size: number;
  readonly batch: number;
  readonly precision: "auto" | "float32" | "bfloat16";
  readonly steps: number;
}
export interface BenchResult {
  readonly precision: "float32" | "bfloat16";
  readonly imagesPerSecond: number;
  /** Median seconds of a step. */
  readonly median: number;
  readonly seconds: readonly number[];
  /** Share of the conv-rate limit: a training step counts three times the forward pass's multiply-adds. */
  readonly limitShare: number;
}
export type BenchKind = "train" | "eval";

/** The complete step, everything switched on, with the defaults of the paper's recipe. */
export async function measureRate(kind: BenchKind, options: BenchOptions): Promise<BenchResult> {
  const precision = choosePrecision(options.precision);
  const experiment = experimentSchema.parse({
    network: { name: options.network },
    data: { train: "synthetic", size: options.size },
    train: { batch: options.batch },
    evaluate: { batch: options.batch },
  });
  const network = buildNetwork({ ...experiment.network, classes: 1000 }, options.size);
  const limit = await convRate(precision);
  const trainer = await startTrainer(network, experiment, precision);
  await trainer.initialize([1, 2]);
  const images = syntheticImages(options);
  const labels = Int32Array.from({ length: options.batch }, (_, i) => (i * 37) % 1000);
  const seconds =
    kind === "train"
      ? await timed(options.steps, () =>
          trainer.step([{ images, labels, seed: [3, 4] }], { learningRate: 0.01, averageRate: 0.01 }),
        )
      : await timedEvaluation();
  await trainer.close();
  const middle = median(seconds);
  const perImage = cost(network, { height: options.size, width: options.size, channels: 3 }).multiplyAdds;
  const work = (kind === "train" ? 3 : 1) * perImage * options.batch;
  return {
    precision,
    imagesPerSecond: options.batch / middle,
    median: middle,
    seconds,
    limitShare: work / middle / limit,
  };

  async function timedEvaluation(): Promise<number[]> {
    const { weights } = await trainer.save();
    const evaluator = await startEvaluator(network, { size: options.size, batch: options.batch, precision });
    await evaluator.load(weights as Parameters<typeof evaluator.load>[0]);
    const all = await timed(options.steps, () => evaluator.probabilities({ images, count: options.batch }));
    await evaluator.close();
    return all;
  }
}

/** Seconds of each step after two that are not counted. */
async function timed(steps: number, step: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < steps + 2; i++) {
    const start = performance.now();
    await step();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.slice(2);
}

const syntheticImages = ({ batch, size }: BenchOptions): Uint8Array => {
  const bytes = new Uint8Array(new SharedArrayBuffer(batch * size * size * 3));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24;
  return bytes;
};
