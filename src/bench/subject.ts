// Something to time, with everything it needs open.
import { parseExperiment } from "../config/load.ts";
import { checkBatch } from "../config/most-pictures.ts";
import { startEvaluator } from "../evaluate/evaluator.ts";
import type { NamedTensors } from "../graph/state.ts";
import { cost } from "../interpret/cost.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import { choosePrecision } from "../runtime/features.ts";
import { compilerFor } from "../train/compiling.ts";
import type { Trainer } from "../train/trainer.ts";
import { startTrainer } from "../train/trunk.ts";
import { convRate } from "./conv-limit.ts";
import { madeUp, type Pictures, photographs } from "./pictures.ts";

export type BenchKind = "train" | "eval" | "images";

export interface BenchOptions {
  readonly network: NetworkOptions["name"];
  readonly size: number;
  readonly batch: number;
  readonly precision: "auto" | "float32" | "bfloat16";
  readonly steps: number;
  readonly warmup: number;
  /** Keys of an experiment that differ from the defaults, as in network.width=0.5. */
  readonly set?: readonly string[] | undefined;
  /** Photographs instead of made-up pictures: a folder, a list file, a tar archive or shards. */
  readonly data?: string | undefined;
}

export interface Subject {
  /** null where nothing is computed in it. */
  readonly precision: "float32" | "bfloat16" | null;
  step(): Promise<unknown>;
  /** How many steps are in work at once. */
  readonly atOnce: number;
  /** Share of the conv-rate limit that this time for a step is: training counts three times the forward multiply-adds. */
  limitShare(seconds: number): number | null;
  close(): Promise<void>;
}

/** The complete step or evaluation, everything switched on, with the defaults of the paper's recipe; or decoding alone. */
export async function openSubject(kind: BenchKind, options: BenchOptions): Promise<Subject> {
  checkBatch(options.batch, options.size);
  const pictures = options.data === undefined ? madeUp(options) : await photographs(options.data, options);
  if (kind === "images")
    return { precision: null, step: pictures.next, atOnce: 1, limitShare: () => null, close: pictures.close };
  return openCompute(kind, options, pictures);
}

async function openCompute(kind: "train" | "eval", options: BenchOptions, pictures: Pictures): Promise<Subject> {
  const precision = choosePrecision(options.precision);
  const limit = await convRate(precision);
  const { network: name, size, batch } = options;
  const text = JSON.stringify({ network: { name }, data: { train: "synthetic" } });
  const asked = [`data.size=${size}`, `train.batch=${batch}`, `evaluate.batch=${batch}`];
  const { experiment } = parseExperiment(text, name, [...(options.set ?? []), ...asked]);
  const network = buildNetwork({ ...experiment.network, classes: 1000 }, options.size);
  const perImage = cost(network, { height: options.size, width: options.size, channels: 3 }).multiplyAdds;
  const share = (passes: number) => (seconds: number) => (passes * perImage * options.batch) / seconds / limit;
  // Of a long run, whose first step is not measured.
  const compile =
    kind === "train" &&
    "compiler" in compilerFor(experiment.train.compile, { precision, steps: Number.POSITIVE_INFINITY });
  const trainer = await startTrainer(network, { ...experiment, precision, compile });
  await trainer.begin({ from: "seed", seed: [1, 2] });
  const compute =
    kind === "train"
      ? training(trainer)
      : await evaluation(trainer, () =>
          startEvaluator(network, { size: options.size, batch: options.batch, precision }),
        );
  return {
    precision,
    step: async () => compute.step(await pictures.next()),
    atOnce: compute.atOnce,
    limitShare: share(kind === "train" ? 3 : 1),
    close: async () => void (await Promise.all([compute.close(), pictures.close()])),
  };
}

type Batch = Awaited<ReturnType<Pictures["next"]>>;
type Compute = { readonly atOnce: number; step(batch: Batch): Promise<unknown>; close(): Promise<void> };

const training = (trainer: Trainer): Compute => ({
  atOnce: 1,
  step: (batch) =>
    trainer.step([{ ...batch, seed: [3, 4] }], {
      learningRate: 0.01,
      averageRate: 0.01,
      statisticsRate: 0.01,
      update: 1,
    }),
  close: () => trainer.close(),
});

async function evaluation(trainer: Trainer, start: () => ReturnType<typeof startEvaluator>): Promise<Compute> {
  const { weights } = await trainer.save();
  await trainer.close();
  const evaluator = await start();
  await evaluator.load(weights as NamedTensors, "the network");
  return {
    atOnce: evaluator.atOnce,
    step: ({ images }) => evaluator.logits(images),
    close: () => evaluator.close(),
  };
}
