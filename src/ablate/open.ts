// An ablation opened from disk: its file, the text of its base experiment, and the plan they make.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultConfig, findAblation, findConfig } from "../config/find.ts";
import { readText } from "../config/load.ts";
import { type Ablation, parseAblation } from "./file.ts";
import { type Base, type Plan, planAblation } from "./plan.ts";

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
};

/** Opens a file or a shipped ablation; throws a `usage` UserError for whatever is wrong with it. */
export async function openAblation(nameOrPath: string, { sets, seeds }: Selection): Promise<Opened> {
  const path = await findAblation(nameOrPath);
  const written = parseAblation(await readText(path), path);
  const ablation = seeds ? { ...written, seeds } : written;
  const basePath = await baseOf(ablation);
  const base = { text: await readText(basePath), path: basePath };
  return { ablation, base, sets, plan: planAblation(ablation, base, sets) };
}

async function baseOf({ base, path }: Ablation): Promise<string> {
  if (base.config === undefined) return findConfig(defaultConfig());
  const beside = join(dirname(path), base.config);
  return existsSync(beside) ? beside : findConfig(base.config);
}
