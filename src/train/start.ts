// What a run starts from.
import { findOrigin, type Origin, readOrigin } from "../checkpoint/origin.ts";
import { type Checkpoint, newestCheckpoint, requireResumable } from "../checkpoint/store.ts";
import { readSuitable } from "../checkpoint/suitable.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { NamedTensors } from "../graph/state.ts";
import { seedPair } from "../images/random.ts";
import { variables } from "../interpret/parameters.ts";
import { classifiers } from "../interpret/selection.ts";
import { buildNetwork } from "../network/catalog.ts";
import { type Drift, noDrift, pictures } from "../run/drift.ts";
import type { RunFolder } from "../run/folder.ts";
import { differences } from "./differences.ts";
import { initialWeights } from "./initial.ts";
import { networkOptions } from "./network.ts";
import { type Account, transfer } from "./transfer.ts";

/** Nothing but its seed; its own checkpoint, with everything that training changes; or weights alone, under names of this network. */
export type Start =
  | { readonly from: "seed"; readonly seed: readonly [number, number] }
  | { readonly from: "checkpoint"; readonly checkpoint: Checkpoint }
  | {
      readonly from: "weights";
      readonly weights: NamedTensors;
      /** Where they come from, and what became of each; left out within a run. */
      readonly source?: Source;
      readonly account?: Account;
    };

/** What a run's record and its checkpoints say of the weights it started from. */
export type Source = Omit<Origin, "state">;

/** The start `K`, or one of all. */
export type StartFrom<K extends Start["from"]> = Extract<Start, { from: K }>;

export const fromSeed = ({ seed }: Pick<Experiment, "seed">): StartFrom<"seed"> => ({
  from: "seed",
  seed: [...seedPair(seed, "init", 0, 0)] as [number, number],
});

/** The weights of `train.from` where it is given, else the seed. Throws UserError("foreignWeights") for weights that do not fit. */
export async function fromBeginning(experiment: Experiment, classes: readonly string[]): Promise<Start> {
  const { from } = experiment.train;
  if (from === undefined) return fromSeed(experiment);
  const { state, ...source } = originOf(from);
  const { files } = readSuitable(source.path);
  const { size } = experiment.data;
  const network = buildNetwork(networkOptions(experiment, classes), size);
  const given = {
    weights: (files[source.kind === "average" ? "average" : "weights"] ?? files.weights) as NamedTensors,
    classes: state.classes,
    background: state.preprocessing.background,
  };
  const { weights, account } = transfer(given, {
    variables: variables(network, { height: size, width: size, channels: 3 }),
    classifiers: classifiers(network),
    classes,
    initial: await initialWeights(network, size, fromSeed(experiment).seed),
  });
  return { from: "weights", weights, source, account };
}

/** Throws UserError("checkpoint") where there is none any more. */
export function originOf(from: string): Origin {
  const path = findOrigin(from, [from]);
  if (path === undefined) throw new UserError("checkpoint", `train.from: there is no checkpoint in ${from}`);
  return readOrigin(path);
}

type Resumed = {
  readonly experiment: Experiment;
  /** Of the training set, in the order of its labels. */
  readonly classes: readonly string[];
  /** Fingerprint of the pictures it is validated on; left out, they are not compared. */
  readonly validation?: string;
  readonly folder: Pick<RunFolder, "path" | "config" | "checkpoints">;
  readonly drift?: Drift;
  readonly warn: (text: string) => void;
};

/** `key`: by what it is allowed, if it can be. */
type Difference = { readonly what: string; readonly key?: string };

/**
 * The newest checkpoint of the folder that verifies. Throws UserError("usage") naming what differs when it was made with another experiment
 * or other classes, or where it holds weights alone; ("checkpoint") when none was saved yet or none can be used.
 */
export function fromRun({
  experiment,
  classes,
  validation,
  folder,
  drift = noDrift,
  warn,
}: Resumed): StartFrom<"checkpoint"> {
  const onBroken = ({ message }: UserError) => warn(message);
  const found = newestCheckpoint(folder.checkpoints, { onBroken, read: readSuitable });
  if (found === undefined)
    throw new UserError("checkpoint", `${folder.path} ended before its first checkpoint: there is nothing to resume`, {
      hint: `begin it anew: inception train ${folder.config}`,
    });
  const { path, checkpoint } = found;
  requireResumable(checkpoint, path);
  const { validationFingerprint: validated = validation } = checkpoint.state;
  const different: readonly Difference[] = [
    ...differences(checkpoint.state.experiment, experiment).map((key) => ({ key, what: key })),
    ...(checkpoint.state.classes.join() === classes.join() ? [] : [{ what: "the classes of the data" }]),
    ...(validation === undefined || validation === validated
      ? []
      : [{ key: pictures, what: "the pictures it is validated on" }]),
  ];
  const refused = different.filter(({ key }) => key === undefined || !drift.has(key));
  if (refused.length === 0) return { from: "checkpoint", checkpoint };
  const words = refused.map(({ what }) => what).join(", ");
  throw new UserError("usage", `${path} was made with another experiment; different: ${words}`, {
    hint: refused.every(({ key }) => key !== undefined)
      ? `--allow-drift goes on all the same, and it is recorded: ${refused.map(({ key }) => `--allow-drift ${key}`).join(" ")}`
      : "resume with the run's own config.yaml and pictures, or start a new run without --resume",
  });
}
