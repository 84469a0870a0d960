// What a process does that trains with others and is not their chief: the same steps, and nothing that is written.
import { agree, type Peers } from "../cluster/peers.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Kernels } from "../graph/kernels.ts";
import { type Batch, startDecoders } from "../images/batches.ts";
import { variables } from "../interpret/parameters.ts";
import { choosePrecision, type Precision, vectorsOfKernels } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { goesOn, type Stepping, takeStep } from "./loop.ts";
import { decodedPictures, requireFewBad, unreadable } from "./pictures.ts";
import { runLength } from "./schedule.ts";
import { fromSeed } from "./start.ts";
import { validationIsDue } from "./timetable.ts";
import { shareOf, type Together } from "./together.ts";
import { openSets, type Position, phasesOfRun, type Sets, startTrainerOf, treeOf } from "./training.ts";

/** The chief's word to all before the first step: a run's own config and checkpoints need only be where it is. */
type Word = Pick<Together, "wire"> & {
  readonly experiment: Experiment;
  readonly precision: Precision;
  readonly kernels: Kernels;
  readonly fingerprint: string;
  readonly position: Position;
};

type Begun = Pick<Word, "experiment" | "kernels" | "position"> & { readonly sets: Sets };

export async function tellOthers(together: Together, { experiment, sets, kernels, position }: Begun): Promise<void> {
  const precision = choosePrecision(experiment.train.precision);
  const { fingerprint } = sets.train;
  await agree<Word>(together, { experiment, precision, kernels, fingerprint, position, wire: together.wire });
}

export type Following = {
  readonly peers: Peers;
  /** Hears the chief's experiment before the first step. */
  readonly onStart: (experiment: Experiment, position: Position) => void;
  readonly onBad: (failure: { name: string; reason: string }) => void;
};

/**
 * Takes the chief's steps until it says that they end. Throws UserError("data") where the pictures here are not those of the chief, and
 * ("diverged") where it does.
 */
export async function follow({ peers, onStart, onBad }: Following): Promise<Position> {
  const word = await agree<Word | null>(peers, null);
  if (word === null) throw new Error("the chief has said nothing");
  const { precision, kernels, fingerprint, wire } = word;
  const experiment = { ...word.experiment, train: { ...word.experiment.train, precision } };
  const sets = await openSets(experiment);
  if (sets.train.fingerprint !== fingerprint)
    throw new UserError("data", `${experiment.data.train} has other pictures on this machine than on the chief's`);
  const together = { ...peers, wire };
  const phase = phasesOfRun(experiment, sets).at(-1)!;
  const own = vectorsOfKernels() ? kernels : "tensorflow";
  const trainer = await startTrainerOf(experiment, sets, phase, own, together);
  const decoders = startDecoders(experiment.data.decoders ?? threads());
  const { size } = experiment.data;
  const run: Stepping = {
    experiment,
    length: runLength(experiment.train, sets.train.items.length),
    phase,
    trainer,
    variables: variables(treeOf(experiment, sets), { height: size, width: size, channels: 3 }).map(({ name }) => name),
    together,
  };
  const bad = new Set<string>();
  const report = (failure: { name: string; reason: string }): void => {
    if (experiment.data.onBadImage === "fail") throw unreadable(failure);
    if (!bad.has(failure.name)) onBad(failure);
    requireFewBad(bad.add(failure.name).size, { experiment, sets });
  };
  try {
    await trainer.begin(fromSeed(experiment));
    const evaluator = { batch: experiment.evaluate.batch };
    const pictures = decodedPictures({ experiment, sets, evaluator, decoders }, shareOf(together));
    onStart(experiment, word.position);
    return await takeSteps(run, word.position, pictures.training(word.position.step, phase.end, report));
  } finally {
    await Promise.all([trainer.close(), decoders.close()]);
  }
}

async function takeSteps(run: Stepping, from: Position, batches: AsyncIterable<Batch>): Promise<Position> {
  const stop = run.together!.stopped;
  let position = from;
  if (await goesOn(run, position, stop))
    for await (const batch of batches) {
      position = await takeStep(run, position, batch, 0, { step: () => {} });
      if (stop.aborted) break;
      if (validationIsDue(run, position.step) && !(await goesOn(run, position, stop))) break;
    }
  return position;
}
