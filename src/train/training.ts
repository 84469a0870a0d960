// Everything a training run works with, opened from its experiment; and the position it stands at.
import type { CheckpointState } from "../checkpoint/store.ts";
import type { SetSize } from "../config/recipe.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { type Evaluator, startEvaluator } from "../evaluate/evaluator.ts";
import { type Decoders, startDecoders } from "../images/batches.ts";
import { holdOut, type Listing, matchClasses, openSource } from "../images/sources/source.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import { type Preprocessing, unitRange } from "../network/preprocessing.ts";
import { type Arithmetic, arithmetic } from "../runtime/arithmetic.ts";
import { choosePrecision } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { type RunLength, runLength } from "./schedule.ts";
import { startTrainer, type Trainer } from "./trainer.ts";

export interface Sets {
  readonly train: Listing;
  readonly validation: Listing;
}

/** Opens both sets; the validation set's classes are the training set's. Throws UserError("data"). */
export async function openSets({ data }: Pick<Experiment, "data">): Promise<Sets> {
  const source = await openSource(data.train);
  if (typeof data.validation !== "string") return holdOut(source, data.validation.holdOut);
  return {
    train: source,
    validation: matchClasses(await openSource(data.validation, { leastClasses: 1 }), source.classes),
  };
}

/** What a recipe asks of a set. */
export const sizeOf = ({ train }: Sets): SetSize => ({ pictures: train.items.length, classes: train.classes.length });

/** The experiment's network for this many classes. Throws UserError("data") when the config says another number. */
export function networkOptions({ network }: Pick<Experiment, "network">, classes: readonly string[]): NetworkOptions {
  if (network.classes !== undefined && network.classes !== classes.length)
    throw new UserError(
      "data",
      `network.classes is ${network.classes} but the training set has ${classes.length} classes`,
      {
        hint: "leave network.classes out to take the number from the data",
      },
    );
  return { ...network, classes: classes.length };
}

export interface Training {
  readonly experiment: Experiment;
  readonly sets: Sets;
  readonly network: NetworkOptions;
  readonly arithmetic: Arithmetic;
  readonly length: RunLength;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly decoders: Decoders;
  close(): Promise<void>;
}

/** Compiles both programs and starts their engines and the decoding threads. */
export async function openTraining(experiment: Experiment, sets: Sets): Promise<Training> {
  const { data, train, evaluate } = experiment;
  const network = networkOptions(experiment, sets.train.classes);
  const precision = choosePrecision(train.precision);
  const tree = buildNetwork(network, data.size);
  const [trainer, evaluator] = await Promise.all([
    startTrainer(tree, experiment, precision),
    startEvaluator(tree, { size: data.size, batch: evaluate.batch, precision }),
  ]);
  const decoders = startDecoders(data.decoders ?? threads());
  return {
    experiment,
    sets,
    network,
    arithmetic: arithmetic(precision),
    length: runLength(train, sets.train.items.length),
    trainer,
    evaluator,
    decoders,
    close: async () => void (await Promise.all([trainer.close(), evaluator.close(), decoders.close()])),
  };
}

/** How this experiment's pictures reach its network. */
const preprocessingOf = ({ data, evaluate }: Experiment): Preprocessing => ({
  size: data.size,
  preset: evaluate.preset,
  jpegReduction: data.jpegReduction,
  ...unitRange,
  background: false,
});

export type Best = { readonly step: number; readonly top1: number };
/** `validated`: the last step whose weights were validated. */
export type Position = { readonly step: number; readonly best: Best | null; readonly validated: number };
export const beginning: Position = { step: 0, best: null, validated: 0 };

/** What a checkpoint says beside its tensors. */
export const checkpointState = (
  { experiment, network, sets, length, arithmetic }: Training,
  { step, best, validated }: Position,
): CheckpointState => ({
  experiment,
  network,
  preprocessing: preprocessingOf(experiment),
  classes: [...sets.train.classes],
  epoch: Math.floor(step / length.stepsPerEpoch),
  batchInEpoch: step % length.stepsPerEpoch,
  best,
  validated,
  arithmetic,
});
