// An ablation opened from disk: its file, the text of its base experiment, and the plan they make.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultConfig, findAblation, findConfig } from "../config/find.ts";
import { anySet, completeText, readText, type Survey } from "../config/load.ts";
import { UserError } from "../errors.ts";
import { openSets, sizeOf } from "../train/training.ts";
import { type Ablation, parseAblation } from "./file.ts";
import { type Base, baseSettings, type Plan, planAblation } from "./plan.ts";

export type Opened = {
  readonly ablation: Ablation;
  readonly base: Base;
  readonly sets: readonly string[];
  readonly plan: Plan;
};

export type Selection = {
  /** `key=value` changes of the base. */
  readonly sets: readonly string[];
  /** Instead of the file's. */
  readonly seeds?: readonly number[] | undefined;
  /** A plan that was written down: nothing is left to a recipe. */
  readonly saved?: boolean;
};

/**
 * Opens a file or a shipped ablation; throws a `usage` UserError for whatever is wrong with it. What the base leaves to its recipe is
 * settled here, for all rows alike.
 */
export async function openAblation(nameOrPath: string, { sets, seeds, saved = false }: Selection): Promise<Opened> {
  const path = await findAblation(nameOrPath);
  const written = parseAblation(await readText(path), path);
  const ablation = seeds ? { ...written, seeds } : written;
  const basePath = await baseOf(ablation);
  const text = await readText(basePath);
  const settled = saved ? text : await completeText(text, basePath, baseSettings(ablation, sets), survey);
  const base = { text: settled, path: basePath };
  return { ablation, base, sets, plan: planAblation(ablation, base, sets) };
}

/** Pictures that cannot be opened are told of where they are needed; a plan can be looked at without them. */
const survey: Survey = async (experiment) => {
  try {
    return sizeOf(await openSets(experiment));
  } catch (error) {
    if (error instanceof UserError) return anySet;
    throw error;
  }
};

async function baseOf({ base, path }: Ablation): Promise<string> {
  if (base.config === undefined) return findConfig(defaultConfig());
  const beside = join(dirname(path), base.config);
  return existsSync(beside) ? beside : findConfig(base.config);
}
