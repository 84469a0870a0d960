// The `[config]` argument and `--set`: which experiment a command works on, with remarks on stderr.
import type { Command } from "commander";
import type { Loaded } from "../config/load.ts";
import { repeated } from "./options.ts";
import { note } from "./print.ts";

/** `--set key=value`, as often as wanted. */
export const set = repeated("<key=value>", "change a key of the config, as in train.batch=16");

/** Adds `[config]` to a command. */
export const takesExperiment = (command: Command): Command =>
  command.argument("[config]", "an experiment file or a shipped config (default: ./inception.yaml, else quickstart)");

/** The experiment asked for, else the default one, and says which; warnings are said too. */
export async function openExperiment(config: string | undefined, sets: readonly string[]): Promise<Loaded> {
  const { defaultConfig } = await import("../config/find.ts");
  const { loadExperiment } = await import("../config/load.ts");
  const loaded = await loadExperiment(config ?? defaultConfig(), sets);
  if (config === undefined) note(`using ${loaded.path}`);
  for (const warning of loaded.warnings) note(`warning: ${warning}`);
  return loaded;
}
