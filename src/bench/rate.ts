// The project's own speed: images in a second of a network's training step or evaluation, on made-up pictures.
import { experimentSchema } from "../config/schema.ts";
import { startEvaluator } from "../evaluate/evaluator.ts";
import type { NamedTensors } from "../graph/state.ts";
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
  readonly warmup: number;
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

/** Something to time, with everything it needs open. */
export interface Subject {
  readonly precision: "float32" | "bfloat16";
  step(): Promise<unknown>;
  /** Share of the conv-rate limit that this time for a step is: training counts three times the forward multiply-adds. */
  limitShare(seconds: number): number;
  close(): Promise<void>;
}

/** The complete step or evaluation, everything switched on, with the defaults of the paper's recipe. */
export async function openSubject(kind: BenchKind, options: BenchOptions): Promise<Subject> {
  const precision = choosePrecision(options.precision);
  const limit = await convRate(precision);
  const experiment = experimentSchema.parse({
    network: { name: options.network },
    data: { train: "synthetic", size: options.size },
    train: { batch: options.batch },
    evaluate: { batch: options.batch },
  });
  const network = buildNetwork({ ...experiment.network, classes: 1000 }, options.size);
  const perImage = cost(network, { height: options.size, width: options.size, channels: 3 }).multiplyAdds;
  const trainer = await startTrainer(network, experiment, precision);
  await trainer.initialize([1, 2]);
  const images = syntheticImages(options);
  const share = (passes: number) => (seconds: number) => (passes * perImage * options.batch) / seconds / limit;
  if (kind === "train") {
    const labels = Int32Array.from({ length: options.batch }, (_, i) => (i * 37) % 1000);
    const pass = { images, labels, seed: [3, 4] } as const;
    const step = () => trainer.step([pass], { learningRate: 0.01, averageRate: 0.01 });
    return { precision, step, limitShare: share(3), close: () => trainer.close() };
  }
  const { weights } = await trainer.save();
  await trainer.close();
  const evaluator = await startEvaluator(network, { size: options.size, batch: options.batch, precision });
  await evaluator.load(weights as NamedTensors);
  const step = () => evaluator.probabilities({ images, count: options.batch });
  return { precision, step, limitShare: share(1), close: () => evaluator.close() };
}

/** Times `steps` steps after `warmup` that do not count. */
export async function measureRate(kind: BenchKind, options: BenchOptions): Promise<BenchResult> {
  const subject = await openSubject(kind, options);
  await timed(options.warmup, subject.step);
  const seconds = await timed(options.steps, subject.step);
  await subject.close();
  const middle = median(seconds);
  return {
    precision: subject.precision,
    imagesPerSecond: options.batch / middle,
    median: middle,
    seconds,
    limitShare: subject.limitShare(middle),
  };
}

/**
 * Takes turns with others: says `ready` after the warm-up, then for each line `go` times `steps` steps and answers with
 * one line of JSON; ends with its input.
 */
export async function takeTurns(
  kind: BenchKind,
  options: BenchOptions,
  lines: AsyncIterable<string>,
  say: (line: string) => void,
) {
  const subject = await openSubject(kind, options);
  await timed(options.warmup, subject.step);
  say("ready");
  for await (const line of lines) {
    if (line.trim() !== "go") continue;
    const middle = median(await timed(options.steps, subject.step));
    say(JSON.stringify({ imagesPerSecond: options.batch / middle, limitShare: subject.limitShare(middle) }));
  }
  await subject.close();
}

/** Seconds of each step. */
async function timed(steps: number, step: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await step();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

const syntheticImages = ({ batch, size }: BenchOptions): Uint8Array => {
  const bytes = new Uint8Array(new SharedArrayBuffer(batch * size * size * 3));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24;
  return bytes;
};
