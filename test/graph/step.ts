// A training program at work on the calling thread, its gradients and its state laid open.
import { createHash } from "node:crypto";
import type { Rule } from "../../src/graph/kernels.ts";
import { type NamedTensors, pack, unpack } from "../../src/graph/state.ts";
import type { TrainingOptions } from "../../src/graph/training-options.ts";
import { type TrainingProgram, trainingProgram } from "../../src/graph/training-program.ts";
import { entry } from "../../src/graph/vectors.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { BnInceptionOptions, GoogLeNetOptions, InceptionV3Options } from "../../src/network/options.ts";
import { cpuFeatures } from "../../src/runtime/features.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { float32, int32, type NdArray, raw, uniform } from "./run.ts";

/** The project's own kernels are written for AVX2. */
export const ownKernelsRun = cpuFeatures().includes("avx2");

export const rule: Rule = ownKernelsRun ? "own" : "tensorflow";

/** Momentum 0 keeps each step's gradient, to the bit, as the vectors `momentum/*`. */
export const plain: Omit<TrainingOptions, "size" | "batch"> = {
  microBatches: 1,
  precision: "float32",
  labelSmoothing: 0.1,
  auxiliaryWeight: 0.4,
  weightDecay: 0,
  decayed: "kernels",
  clipNorm: null,
  optimizer: { name: "momentum", momentum: 0, nesterov: false },
  average: false,
  kernels: rule,
};

/** The smallest complete Inception V3: 16 filters everywhere, no strides before the blocks, for 29 px and more. */
export const smallV3: InceptionV3Options = {
  name: "inception-v3",
  classes: 5,
  stem: "conv3x3x3",
  stemStride: 1,
  stemPool: false,
  auxiliary: "bn",
  width: 0.01,
  bnScale: true,
  poolDivisor: "valid",
  dropout: 0,
};
/** The same of the two networks before; 32 px keep every window of GoogLeNet's heads larger than 1x1. */
const small = { classes: 5, stem: "conv7x7", stemStride: 1, stemPool: false, width: 0.01, dropout: 0 } as const;
export const smallGoogLeNet: GoogLeNetOptions = { name: "googlenet", ...small, auxiliary: "both", auxiliaryDropout: 0 };
export const smallBnInception: BnInceptionOptions = {
  name: "bn-inception",
  ...small,
  poolProj4cd: 96,
  bnScale: true,
  poolDivisor: "valid",
};
export const smallNetwork = (changes: Partial<InceptionV3Options> = {}, size?: number): Layer =>
  buildNetwork({ ...smallV3, ...changes }, size);

export type Pictures = { readonly images: Uint8Array; readonly labels: readonly number[] };

export function pictures(batch: number, size: number, classes: number, seed = 1): Pictures {
  const next = uniform(seed);
  const images = Uint8Array.from({ length: batch * size * size * 3 }, () => Math.floor(next() * 256));
  return { images, labels: Array.from({ length: batch }, () => Math.floor(next() * classes)) };
}

export type StepFigures = {
  readonly loss: number;
  readonly auxiliaryLoss: number;
  readonly correct: number;
  readonly regularization: number;
  readonly gradientNorm: number;
};
export type Rates = {
  readonly learningRate?: number;
  readonly averageRate?: number;
  readonly statisticsRate?: number;
  readonly update?: number;
  readonly seed?: number;
};

export interface OpenedStep {
  readonly program: TrainingProgram;
  initialize(seed: number): void;
  train(pictures: Pictures, rates?: Rates): StepFigures;
  /** The same, and what these nodes gave on the way. */
  watch(pictures: Pictures, nodes: readonly string[]): { figures: StepFigures; values: NdArray[] };
  /** With several micro-batches: [loss, auxiliary loss, correct] and then [regularization, gradient norm]. */
  accumulate(pictures: Pictures, share: number, statisticsRate?: number): readonly number[];
  apply(rates: Rates, loss?: number): readonly number[];
  /** The vectors whose names start with the prefix, cut into variables named without it. */
  read(prefix?: string): NamedTensors;
  /** Sets these variables; the others stay. */
  write(tensors: NamedTensors, prefix?: string): void;
  vectors(): Map<string, Float32Array>;
  assign(vectors: ReadonlyMap<string, Float32Array>): void;
  close(): void;
}

export function openStep(
  network: Layer,
  options: Partial<TrainingOptions> & { size: number; batch: number },
): OpenedStep {
  const program = trainingProgram(network, { ...plain, ...options });
  const session = openSession(program.bytes);
  const figures = (name: string, feeds: Parameters<Session["run"]>[0]): number[] => [
    ...session.run(feeds, [name])[0]!.data,
  ];
  const passFeeds = ({ images, labels }: Pictures, seed = 1) => ({
    images: raw(images),
    labels: int32(...labels),
    seed: int32(seed, 0),
  });
  const updateFeeds = ({ learningRate = 0, averageRate = 0, update = 1 }: Rates) => ({
    learning_rate: float32(learningRate),
    average_rate: float32(averageRate),
    update: float32(update),
  });
  const statisticsFeed = (rate = 0.1) => ({ statistics_rate: float32(rate) });
  const rateFeeds = (rates: Rates) => ({ ...updateFeeds(rates), ...statisticsFeed(rates.statisticsRate) });
  const sections = Object.entries(program.layout);
  const step: OpenedStep = {
    program,
    initialize: (seed) => void session.run({ seed: int32(seed, 7) }, ["initialize"]),
    train: (pictures, rates = {}) =>
      named(figures("train", { ...passFeeds(pictures, rates.seed), ...rateFeeds(rates) })),
    watch(pictures, nodes) {
      const [trained, ...values] = session.run({ ...passFeeds(pictures), ...rateFeeds({}) }, ["train", ...nodes]);
      return { figures: named([...trained!.data]), values: values as NdArray[] };
    },
    accumulate: (pictures, share, statisticsRate) =>
      figures("accumulate", { ...passFeeds(pictures), ...statisticsFeed(statisticsRate), share: float32(share) }),
    apply: (rates, loss = 0) => figures("apply", { ...updateFeeds(rates), step_loss: float32(loss) }),
    read(prefix = "") {
      const vectors = step.vectors();
      return new Map(
        sections.flatMap(([group, section]) => {
          const vector = vectors.get(`${prefix}${group}`);
          return vector ? [...unpack(section, vector)] : [];
        }),
      );
    },
    write(tensors, prefix = "") {
      const all = new Map([...step.read(prefix), ...tensors]);
      const packed = sections
        .filter(([group]) => program.vectors.has(`${prefix}${group}`))
        .map(([group, section]): [string, Float32Array] => [`${prefix}${group}`, pack(section, all)]);
      step.assign(new Map([...step.vectors(), ...packed]));
    },
    vectors() {
      const names = [...program.vectors.keys()];
      const tensors = session.run({}, names.map(entry.read));
      return new Map(names.map((name, i) => [name, tensors[i]!.data as Float32Array]));
    },
    assign: (vectors) =>
      void session.run(Object.fromEntries([...vectors].map(([name, vector]) => [entry.assign(name), raw(vector)])), [
        entry.assigned,
      ]),
    close: () => session.close(),
  };
  return step;
}

function named(figures: readonly number[]): StepFigures {
  const [loss, auxiliaryLoss, correct, regularization, gradientNorm] = figures as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { loss, auxiliaryLoss, correct, regularization, gradientNorm };
}

/** The gradient of every trained variable, after a step with `plain`'s optimizer. */
export const gradientsOf = (step: OpenedStep): NamedTensors => step.read("momentum/");

/** A digest of every vector whose name starts with the prefix: equal only where the bits are. */
export const digests = (step: OpenedStep, prefix = ""): Record<string, string> =>
  Object.fromEntries(
    [...step.vectors()]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, vector]) => [name, createHash("sha256").update(vector).digest("hex")]),
  );
