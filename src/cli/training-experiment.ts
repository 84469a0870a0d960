// What `inception train` works on: the experiment asked for, by the recipe for its pictures, and these.
import type { Survey } from "../config/load.ts";
import type { Experiment } from "../config/schema.ts";
import { preferDevice } from "../runtime/device.ts";
import { classWeights } from "../train/class-weights.ts";
import { openSets, type Sets, sizeOf } from "../train/training.ts";
import { openExperiment } from "./experiment.ts";
import { note } from "./print.ts";
import { type Changes, settings } from "./shorthands.ts";

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
  preferDevice(experiment.train.device);
  return opened;
}
