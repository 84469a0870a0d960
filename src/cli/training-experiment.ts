// What `inception train` works on: the experiment asked for, by the recipe for its pictures, and these.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Survey } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import type { Experiment } from "../config/schema.ts";
import { classWeights } from "../train/class-weights.ts";
import { openSets, type Sets, sizeOf } from "../train/training.ts";
import { openExperiment } from "./experiment.ts";
import { note } from "./print.ts";

/** What of its options says which experiment. */
export type Changes = { readonly set: readonly string[]; readonly from?: string };

/** `changed`: what of a resumed run is not as it was, a phrase each. */
export type Opened = { readonly experiment: Experiment; readonly sets: Sets; readonly changed?: readonly string[] };

/** What the pictures warn of is said. */
export async function openNew(config: string | undefined, changes: Changes): Promise<Opened> {
  let counted: Sets | undefined;
  const survey: Survey = async (experiment) => {
    counted = await openSets(experiment);
    return sizeOf(counted);
  };
  const { experiment } = await openExperiment(config, settings(changes), survey);
  return checked({ experiment, sets: counted ?? (await openSets(experiment)) });
}

/** Before there is a folder. Throws UserError("usage") for weights of classes that are not there. */
export function checked(opened: Opened): Opened {
  const { experiment, sets } = opened;
  for (const warning of sets.train.warnings) note(`warning: ${warning}`);
  classWeights(experiment.train.classWeights, sets.train);
  return opened;
}

/** A path of `--from` is one from here, wherever the experiment's file lies. */
export function settings({ set, from }: Changes): Setting[] {
  if (from === undefined) return [...set];
  const text = `train.from=${JSON.stringify(existsSync(from) ? resolve(from) : from)}`;
  return [...set, { text, origin: { text: "--from", offset: Number.POSITIVE_INFINITY } }];
}
