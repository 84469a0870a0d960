// What a run starts from.
import { type Checkpoint, newestCheckpoint, requireResumable } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { NamedTensors } from "../graph/state.ts";
import { seedPair } from "../images/random.ts";
import type { RunFolder } from "../run/folder.ts";
import { differences } from "./differences.ts";

/** Nothing but its seed; its own checkpoint, with everything that training changes; or weights alone, under names of this network. */
export type Start =
  | { readonly from: "seed"; readonly seed: readonly [number, number] }
  | { readonly from: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly from: "weights"; readonly weights: NamedTensors };

/** The start `K`, or one of all. */
export type StartFrom<K extends Start["from"]> = Extract<Start, { from: K }>;

export const fromSeed = ({ seed }: Pick<Experiment, "seed">): StartFrom<"seed"> => ({
  from: "seed",
  seed: [...seedPair(seed, "init", 0, 0)] as [number, number],
});

type Resumed = {
  readonly experiment: Experiment;
  /** Of the training set, in the order of its labels. */
  readonly classes: readonly string[];
  readonly folder: Pick<RunFolder, "checkpoints">;
  readonly warn: (text: string) => void;
};

/**
 * The newest checkpoint of the folder that verifies; the seed where none was saved yet. Throws UserError("usage") naming what
 * differs when it was made with another experiment or other classes, or where it holds weights alone; ("checkpoint") when none can be used.
 */
export function fromRun({ experiment, classes, folder, warn }: Resumed): Start {
  const found = newestCheckpoint(folder.checkpoints, { onBroken: ({ message }) => warn(message) });
  if (found === undefined) return fromSeed(experiment);
  const { path, checkpoint } = found;
  requireResumable(checkpoint, path);
  const changed = differences(checkpoint.state.experiment, experiment);
  const sameClasses = checkpoint.state.classes.join() === classes.join();
  const all = [...changed, ...(sameClasses ? [] : ["the classes of the data"])];
  if (all.length === 0) return { from: "checkpoint", checkpoint };
  throw new UserError("usage", `${path} was made with another experiment; different: ${all.join(", ")}`, {
    hint: "resume with the run's own config.yaml, or start a new run without --resume",
  });
}
