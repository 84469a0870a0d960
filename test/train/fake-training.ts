// A training without TensorFlow: its weights say how many steps they have seen, its accuracy is what the test wants.
import type { WholeFiles } from "../../src/checkpoint/store.ts";
import { experimentSchema } from "../../src/config/schema.ts";
import { UserError } from "../../src/errors.ts";
import type { Evaluator } from "../../src/evaluate/evaluator.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import type { Decoders } from "../../src/images/decoders.ts";
import type { Item, Listing } from "../../src/images/sources/listing.ts";
import { chain, dense } from "../../src/network/build.ts";
import type { Arithmetic } from "../../src/runtime/arithmetic.ts";
import { type Reporter, train } from "../../src/train/loop.ts";
import { phasesOf } from "../../src/train/phases.ts";
import { decodedPictures } from "../../src/train/pictures.ts";
import { runLength } from "../../src/train/schedule.ts";
import type { MicroBatch, Rates, StepFigures, Trainer } from "../../src/train/trainer.ts";
import { beginning, type Position, type Training } from "../../src/train/training.ts";

export interface FakeOptions {
  /** Of two pictures each. */
  readonly stepsPerEpoch: number;
  readonly train?: object;
  readonly evaluate?: object;
  readonly checkpoint?: object;
  /** Names of unreadable pictures: t0, t1, ... train, v0 to v3 validate. */
  readonly bad?: readonly string[];
  /** How many of the four validation pictures the weights after so many steps get right; of NaN all logits are NaN. */
  readonly right?: (steps: number, kind: "raw" | "average") => number;
  readonly loss?: (step: number) => number;
  /** A variable of the optimizer's after so many steps. */
  readonly momentum?: (steps: number) => number;
  /** The layer that a step whose loss is not finite is put down to. */
  readonly overflow?: string;
  /** How many minutes pass when this is told; none where left out. */
  readonly minutes?: (event: string) => number;
  /** The signal is raised when this is told; "nothing": before anything is. */
  readonly stopAt?: string;
  /** Told pictures end the run, by an error of any kind or by one of the data. */
  readonly badFails?: boolean | "data";
}

export interface Told {
  /** In order. */
  readonly events: readonly string[];
  /** What each step was given. */
  readonly steps: readonly { readonly microBatches: readonly MicroBatch[]; readonly rates: Rates }[];
  readonly saved: readonly Position[];
  /** Where it ended, or the error that ended it. */
  readonly position: Position | undefined;
  readonly error: unknown;
  /** Pictures still in work after the end. */
  readonly inWork: number;
}

/** Trains from `start` as options say. */
export async function trainFake(options: FakeOptions, start: Position = beginning): Promise<Told> {
  const events: string[] = [];
  const steps: Told["steps"][number][] = [];
  const saved: Position[] = [];
  const stop = new AbortController();
  if (options.stopAt === "nothing") stop.abort();
  let minutes = 0;
  const tell = (event: string): void => {
    events.push(event);
    minutes += options.minutes?.(event) ?? 0;
    if (event === options.stopAt) stop.abort();
  };
  const reporter: Reporter = {
    step: ({ step }) => tell(`step ${step}`),
    validating: (done, of) => tell(`validating ${done}/${of}`),
    validated: ({ step, best }, { raw, average }) =>
      tell(`validated ${step}: ${[raw, average].map((summary) => summary?.top1.value)} best ${best?.step}`),
    save(position, { weights }) {
      saved.push(position);
      tell(`save ${position.step}, weights of ${(weights as NamedTensors).get("fake/steps")!.data[0]}`);
    },
    bad({ name, reason }) {
      tell(`${name}: ${reason}`);
      if (options.badFails === "data") throw new UserError("data", `${name}: ${reason}`);
      if (options.badFails) throw new Error(`${name}: ${reason}`);
    },
  };
  const decoders = fakeDecoders(options.bad ?? []);
  const trainer = fakeTrainer(start.step, options, (given) => steps.push(given));
  const run = fakeTraining(options, trainer, decoders);
  const ended = await train(run, start, reporter, stop.signal, () => 60_000 * minutes).then(
    (position) => ({ position, error: undefined }),
    (error: unknown) => ({ position: undefined, error }),
  );
  return { events, steps, saved, ...ended, inWork: decoders.inWork() };
}

function fakeTraining(options: FakeOptions, trainer: Trainer, decoders: Decoders): Training {
  const { stepsPerEpoch, train, evaluate, checkpoint } = options;
  const experiment = experimentSchema.parse({
    data: { train: "x", size: 16 },
    train: { batch: 2, averageDecay: null, ...train },
    evaluate: { batch: 2, ...evaluate },
    checkpoint: { ...checkpoint },
  });
  const pictures = stepsPerEpoch * experiment.train.batch;
  const sets = { train: listing("t", pictures), validation: listing("v", 4) };
  const evaluator = fakeEvaluator(options);
  return {
    experiment,
    sets,
    network: { ...experiment.network, classes: 2 },
    variables: ["first/kernel", "fake/steps"],
    arithmetic,
    length: runLength(experiment.train, pictures),
    phase: phasesOf(experiment, chain({ dense: dense(2) }), pictures)[0]!,
    trainer,
    evaluator,
    pictures: decodedPictures({ experiment, sets, evaluator, decoders }),
    close: async () => {},
  };
}

const listing = (prefix: string, pictures: number): Listing => ({
  path: prefix,
  classes: ["a", "b"],
  items: Array.from({ length: pictures }, (_, i): Item => {
    const name = `${prefix}${i}`;
    return { name, label: i % 2, source: { file: name } };
  }),
  fingerprint: "",
  warnings: [],
});

/** Fills a picture with the hash of its name and treatment. */
function fakeDecoders(bad: readonly string[]): Decoders & { inWork(): number } {
  let inWork = 0;
  return {
    atOnce: 2,
    inWork: () => inWork,
    close: async () => {},
    async decode({ item, treatment, target }, signal) {
      inWork += 1;
      await new Promise((resolve) => setImmediate(resolve));
      inWork -= 1;
      if (signal.aborted) return undefined;
      if (bad.includes(item.name)) return "broken";
      const text = item.name + JSON.stringify(treatment);
      target.fill([...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 251, 7));
      return undefined;
    },
  };
}

function fakeTrainer(
  start: number,
  { loss = () => 1, momentum = () => 0, overflow, train }: FakeOptions,
  given: (step: Told["steps"][number]) => void,
): Trainer {
  let steps = start;
  const weights = (kind: number): NamedTensors =>
    new Map([["fake/steps", { shape: [2], data: Float32Array.of(steps, kind) }]]);
  const hasAverage = train !== undefined && "averageDecay" in train && train.averageDecay !== null;
  return {
    begin: async () => {},
    async step(microBatches, rates): Promise<StepFigures> {
      given({ microBatches, rates });
      steps += 1;
      return { loss: loss(steps), auxiliaryLoss: 0, regularization: 0, gradientNorm: 1, correct: 0 };
    },
    firstOverflow: async () => overflow,
    save: async (): Promise<WholeFiles> => ({
      weights: weights(0),
      ...(hasAverage && { average: weights(1) }),
      optimizer: new Map([["momentum/first/kernel", { shape: [1], data: Float32Array.of(momentum(steps)) }]]),
    }),
    close: async () => {},
  };
}

/** The fakes compute nothing. */
const arithmetic: Arithmetic = {
  precision: "float32",
  kernels: "tensorflow",
  ownKernels: "",
  tensorflow: "none",
  threads: 1,
  platform: "",
  processor: "",
  features: "",
  variables: "",
};

function fakeEvaluator({ right = () => 2 }: FakeOptions): Evaluator {
  let [seen, limit] = [0, 0];
  return {
    batch: 2,
    atOnce: 1,
    async load(weights) {
      const [steps, kind] = weights.get("fake/steps")!.data as unknown as [number, number];
      [seen, limit] = [0, right(steps, kind === 1 ? "average" : "raw")];
    },
    logits: async () =>
      Array.from({ length: 2 }, () => {
        const [label, isRight] = [seen % 2, seen++ < limit];
        return Float32Array.of(...[0, 1].map((at) => ((at === label) === isRight ? 2 : 0) + 0 * limit));
      }),
    close: async () => {},
  };
}
