// The `[config]` argument and `--set`: which experiment a command works on, with remarks on stderr.
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
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
    "an experiment file, a shipped config, or photographs: a folder, a list or an archive (default: ./inception.yaml, else quickstart)",
  );

/** The experiment asked for, else the default one, and says which; warnings are said too. */
export async function openExperiment(
  subject: string | undefined,
  sets: readonly Setting[],
  survey: Survey = surveyOrGuess,
): Promise<Loaded> {
  const { defaultConfig } = await import("../config/find.ts");
  const loaded = await loadSubject(subject ?? defaultConfig(), sets, survey);
  if (subject === undefined) note(`using ${loaded.path}`);
  for (const warning of loaded.warnings) note(`warning: ${warning}`);
  return loaded;
}

/** The experiment in a file or shipped; of photographs, the one that names nothing else. */
export async function loadSubject(subject: string, sets: readonly Setting[], survey: Survey): Promise<Loaded> {
  const { loadExperiment, readExperiment } = await import("../config/load.ts");
  if (!(await isSource(subject))) return loadExperiment(subject, sets, survey);
  const text = JSON.stringify({ name: nameOf(subject), data: { train: subject } });
  return readExperiment(text, subject, sets, survey);
}

async function isSource(subject: string): Promise<boolean> {
  if (/\.(csv|jsonl|tar|tar\.gz|tgz)(\/|$)/i.test(subject)) return true;
  return (await stat(subject).catch(() => undefined))?.isDirectory() ?? false;
}

/** What a run on these photographs is called: their file or folder, in the letters of a name. */
const nameOf = (source: string): string =>
  basename(resolve(source))
    .replace(/\.(csv|jsonl|tar|tar\.gz|tgz)$/i, "")
    .replace(/[^a-z0-9._-]+/gi, "-")
    .replace(/^[^a-z0-9]+/i, "")
    .slice(0, 100) || "photographs";

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
