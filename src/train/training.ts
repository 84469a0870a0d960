// Everything a training run works with, opened from its experiment; and the position it stands at.
import type { Checkpoint, CheckpointState } from "../checkpoint/store.ts";
import type { SetSize } from "../config/recipe.ts";
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { UserError } from "../errors.ts";
import { type Evaluator, startEvaluator } from "../evaluate/evaluator.ts";
import type { Kernels } from "../graph/kernels.ts";
import { type Decoders, startDecoders } from "../images/batches.ts";
import { holdOut, type Listing, matchClasses, openSource } from "../images/sources/source.ts";
import { ratesByDepth } from "../interpret/depth.ts";
import { variables } from "../interpret/parameters.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { Layer } from "../network/layer.ts";
import type { NetworkOptions } from "../network/options.ts";
import type { Preprocessing } from "../network/preprocessing.ts";
import { type Arithmetic, arithmetic } from "../runtime/arithmetic.ts";
import { choosePrecision } from "../runtime/features.ts";
import { kernels as ruleOf } from "../runtime/kernels.ts";
import { threads } from "../runtime/threads.ts";
import { classWeights } from "./class-weights.ts";
import { compilerFor } from "./compiling.ts";
import { networkOptions } from "./network.ts";
import { type Phase, phasesOf } from "./phases.ts";
import type { Pictures } from "./pictures.ts";
import { type RunLength, runLength } from "./schedule.ts";
import type { Source, Start } from "./start.ts";
import { sharedArithmetic, type Together } from "./together.ts";
import type { Trainer } from "./trainer.ts";
import { startTrainer } from "./trunk.ts";

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

/** What a model was trained on, where its experiment is known and the pictures are there. Throws UserError but for "data" and "io". */
export async function trainingOf({
  experiment,
}: {
  readonly experiment: Experiment | undefined;
}): Promise<Listing | undefined> {
  try {
    return experiment && (await openSets(experiment)).train;
  } catch (error) {
    if (error instanceof UserError && (error.reason === "data" || error.reason === "io")) return undefined;
    throw error;
  }
}

/** What a recipe asks of a set. */
export const sizeOf = ({ train }: Sets): SetSize => ({ pictures: train.items.length, classes: train.classes.length });

export interface Training {
  readonly experiment: Experiment;
  readonly sets: Sets;
  readonly network: NetworkOptions;
  /** Names of all variables, in the network's order. */
  readonly variables: readonly string[];
  readonly arithmetic: Arithmetic;
  /** Of the whole run. */
  readonly length: RunLength;
  readonly phase: Phase;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly pictures: Pictures;
  /** The processes that take its steps with this one. */
  readonly together?: Together | undefined;
  close(): Promise<void>;
}

/** A training whose trainer has not begun yet, and so has no features of pictures. */
export type OpenedTraining = Omit<Training, "pictures"> & { readonly decoders: Decoders };

export const treeOf = (experiment: Experiment, sets: Sets): Layer =>
  buildNetwork(networkOptions(experiment, sets.train.classes), experiment.data.size);

/** The phases of a run, by the network that it trains. */
export const phasesOfRun = (experiment: Experiment, sets: Sets): readonly Phase[] =>
  phasesOf(experiment, treeOf(experiment, sets), sets.train.items.length);

/** The training program of a phase. */
export function startTrainerOf(
  experiment: Experiment,
  sets: Sets,
  phase: Phase,
  kernels?: Kernels,
  together?: Together,
): Promise<Trainer> {
  const { frozen, views } = phase;
  // Features that are computed once are of pictures as they are judged.
  const trained = views > 0 ? experiment : asTrained(experiment);
  const { data, train, augment } = trained;
  const tree = treeOf(trained, sets);
  const rateOf = ratesByDepth(tree, train.rateByDepth);
  const precision = choosePrecision(train.precision);
  return startTrainer(tree, {
    ...{ data, train, precision, frozen },
    compile: "compiler" in compilerOf(experiment, phase, together),
    ...(rateOf && { rateOf }),
    ...(kernels && { kernels }),
    together,
    weightOfClass: classWeights(train.classWeights, sets.train),
    // Features have been computed of whole pictures.
    mixed: augment.mix !== null && views === 0,
  });
}

/** Each phase has a step of its own. Processes that train together exchange numbers within theirs, which is not compiled. */
const compilerOf = ({ train }: Experiment, { first, end }: Phase, together: Together | undefined) =>
  together ? {} : compilerFor(train.compile, { precision: choosePrecision(train.precision), steps: end - first });

/** Compiles both programs and starts their engines and the decoding threads. */
export async function openTraining(
  experiment: Experiment,
  sets: Sets,
  phase: Phase,
  kernels: Kernels = ruleOf(choosePrecision(experiment.train.precision)),
  together?: Together,
): Promise<OpenedTraining> {
  const { data, train, evaluate } = experiment;
  const network = networkOptions(experiment, sets.train.classes);
  const precision = choosePrecision(train.precision);
  const tree = treeOf(experiment, sets);
  const trainer = await startTrainerOf(experiment, sets, phase, kernels, together);
  const evaluated = { size: data.size, pixels: data.pixels, batch: evaluate.batch, precision, kernels };
  const evaluator =
    phase.views > 0 && trainer.trunk
      ? await startEvaluator(trainer.trunk.head, { ...evaluated, maps: trainer.trunk.maps })
      : await startEvaluator(tree, evaluated);
  const decoders = startDecoders(data.decoders ?? threads());
  return {
    experiment,
    sets,
    network,
    variables: variables(tree, { height: data.size, width: data.size, channels: 3 }).map(({ name }) => name),
    arithmetic: {
      ...arithmetic(precision, kernels),
      ...compilerOf(experiment, phase, together),
      ...(together && sharedArithmetic(together)),
    },
    length: runLength(train, sets.train.items.length),
    phase,
    trainer,
    evaluator,
    decoders,
    together,
    close: async () => void (await Promise.all([trainer.close(), evaluator.close(), decoders.close()])),
  };
}

/** How this experiment's pictures reach its network. */
const preprocessingOf = ({ data, evaluate }: Experiment): Preprocessing => ({
  size: data.size,
  preset: evaluate.preset,
  fit: evaluate.fit,
  ...data.pixels,
  jpegReduction: data.jpegReduction,
  background: false,
});

export type Best = { readonly step: number; readonly top1: number };
/** How often a run went back, to which step the last time, and what the rates are multiplied by since. */
export type Rollbacks = { readonly times: number; readonly to: number; readonly rate: number };
/** Steps that changed nothing: up to the last one, and in all. */
export type Skipped = { readonly inRow: number; readonly total: number };
export type Position = {
  readonly step: number;
  readonly best: Best | null;
  /** The last step whose weights were validated. */
  readonly validated: number;
  readonly rollbacks?: Rollbacks;
  readonly skipped?: Skipped;
};
export const beginning: Position = { step: 0, best: null, validated: 0 };

export const positionOf = (start: Start): Position =>
  start.from === "checkpoint" ? saved(start.checkpoint) : beginning;

const saved = ({ step, state }: Checkpoint): Position => ({
  step,
  best: state.best ?? null,
  validated: state.validated ?? 0,
  ...(state.rollbacks !== undefined && { rollbacks: state.rollbacks }),
  ...(state.skipped !== undefined && { skipped: state.skipped }),
});

/** What a checkpoint says beside its tensors; `source`: the weights that the run started from. */
export const checkpointState = (
  { experiment, network, sets, length, arithmetic }: Omit<Training, "pictures">,
  { step, best, validated, rollbacks, skipped }: Position,
  source?: Source,
): CheckpointState => ({
  experiment,
  network,
  preprocessing: preprocessingOf(experiment),
  classes: [...sets.train.classes],
  epoch: Math.floor(step / length.stepsPerEpoch),
  batchInEpoch: step % length.stepsPerEpoch,
  best,
  validated,
  ...(rollbacks && { rollbacks }),
  ...(skipped && { skipped }),
  arithmetic,
  dataFingerprint: sets.train.fingerprint,
  validationFingerprint: sets.validation.fingerprint,
  ...(source && { startedFrom: source }),
});
