// The `[config]` argument and `--set`: which experiment a command works on, with remarks on stderr.
import type { Command } from "commander";
import type { Loaded, Survey } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import { UserError } from "../errors.ts";
import { repeated } from "./options.ts";
import { note, warn } from "./print.ts";

/** `--set key=value`, as often as wanted. */
export const set = repeated("<key=value>", "change a key of the config, as in train.batch=16");

/** Adds `[config]` to a command. */
export const takesExperiment = (command: Command): Command =>
  command.argument(
    "[config]",
    "an experiment file, a shipped config, or photographs: a folder, a list, an archive or shards (default: ./inception.yaml, else quickstart)",
  );

/** The experiment asked for, else the default one, and says which; warnings are said too. */
export async function openExperiment(
  subject: string | undefined,
  sets: readonly Setting[],
  survey: Survey = surveyOrGuess,
): Promise<Loaded> {
  const { defaultConfig } = await import("../config/find.ts");
  const { loadSubject } = await import("../config/subject.ts");
  const loaded = await loadSubject(subject ?? defaultConfig(), sets, survey);
  if (subject === undefined) note(`using ${loaded.path}`);
  for (const warning of loaded.warnings) note(`warning: ${warning}`);
  return loaded;
}

/** Where there are no pictures to count, what follows from their number is that of any set, and this is said. */
export const surveyOrGuess: Survey = async (experiment) => {
  const { anySet } = await import("../config/load.ts");
  const { openSets, sizeOf } = await import("../train/training.ts");
  try {
    return sizeOf(await openSets(experiment));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn({ message: `${error.message}; the recipe is the one for ${anySet.pictures} pictures` });
    return anySet;
  }
};
