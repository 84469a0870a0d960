// The folder of an ablation: its plan, written so that it can be opened again, one folder for each cell, one driver at a time.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { makeFolderDurably, nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";
import { acquireLock, holderWords, type Lock } from "../lock.ts";
import { changesBetweenRows, wordChange } from "./diff.ts";
import { type Opened, openAblation, type Selection } from "./open.ts";

export const planFile = "ablation.yaml";
const baseFile = "ablation-base.yaml";
/** What may lie in a folder before its plan does: a first sitting killed early, or cells brought from elsewhere. */
const ours = /^(\.lock|cells|ablation.*\.yaml(\.tmp-\d+)?)$/;

export type Work = Opened & { readonly folder: string };

export type WorkOptions = Selection & {
  readonly output: string | undefined;
  readonly resume: boolean;
  /** Only to look: a folder that has a plan is no obstacle. */
  readonly look?: boolean;
};

export const defaultAblation = "table3";
const folderOf = (name: string): string => join("runs", "ablate", name);

/**
 * Which ablation in which folder. With `resume`, a folder's own plan where no file and no changes are given; where they are, its rows must
 * be those of the folder, and seeds are added. Without, a folder that has a plan is refused. UserError("usage") says why.
 */
export async function openWork(file: string | undefined, options: WorkOptions): Promise<Work> {
  const { sets, seeds, output, resume, look = false } = options;
  const usual = output ?? folderOf(defaultAblation);
  if (resume && file === undefined && sets.length === 0 && hasPlan(usual))
    return addSeeds(await openFolder(usual), seeds);
  const opened = await openAblation(file ?? defaultAblation, { sets, seeds });
  const folder = output ?? folderOf(opened.plan.name);
  if (!hasPlan(folder) || (look && !resume)) return { ...opened, folder };
  if (!resume) refuseTaken(folder);
  const saved = await openAblation(join(folder, planFile), { sets: [], saved: true });
  refuseOther(folder, saved, opened);
  return addSeeds({ ...opened, folder }, saved.plan.seeds);
}

/** The plan that a folder has. Throws UserError("usage") where it has none. */
export async function openFolder(output: string | undefined): Promise<Work> {
  const folder = output ?? folderOf(defaultAblation);
  if (hasPlan(folder)) return { ...(await openAblation(join(folder, planFile), { sets: [], saved: true })), folder };
  throw new UserError("usage", `${folder} holds no ablation: ${planFile} is missing`, {
    hint: "-o names the folder that inception ablate made",
  });
}

/** Takes the folder for this driver and writes the plan down. Throws UserError("busy") when another driver has it. */
export function claimFolder({ folder, ...opened }: Work): Lock {
  if (existsSync(folder) && !hasPlan(folder)) refuseForeign(folder);
  const lock = take(folder);
  try {
    makeFolderDurably(nodeFs, join(folder, "cells"));
    replaceDurably(nodeFs, join(folder, baseFile), opened.base.text);
    replaceDurably(nodeFs, join(folder, planFile), planText(opened));
    return lock;
  } catch (error) {
    lock.release();
    throw explainIoError(error, "cannot write in", folder);
  }
}

const hasPlan = (folder: string): boolean => existsSync(join(folder, planFile));

function addSeeds(work: Work, more: readonly number[] = []): Work {
  const seeds = [...new Set([...work.plan.seeds, ...more])].sort((a, b) => a - b);
  return { ...work, ablation: { ...work.ablation, seeds }, plan: { ...work.plan, seeds } };
}

function refuseOther(folder: string, saved: Opened, given: Opened): void {
  const different = given.plan.rows.flatMap(({ name, experiment }) => {
    const before = saved.plan.rows.find((row) => row.name === name);
    const changes = before ? changesBetweenRows(before.experiment, experiment) : [];
    return changes.length > 0 ? [`"${name}" (${changes.map(wordChange).join(", ")})`] : [];
  });
  if (different.length === 0) return;
  throw new UserError("usage", `${folder} holds another ablation; different: ${different.join("; ")}`, {
    hint: `leave out the file and every --set to continue the one that is there (-o ${folder} --resume), or give another -o`,
  });
}

function refuseForeign(folder: string): void {
  const foreign = guarded(folder, () => readdirSync(folder)).find((entry) => !ours.test(entry));
  if (foreign === undefined) return;
  throw new UserError("usage", `${folder} is not empty and not an ablation's folder: it holds ${foreign}`, {
    hint: "-o names a folder of its own for an ablation",
  });
}

function refuseTaken(folder: string): never {
  take(folder).release();
  throw new UserError("usage", `${folder} holds an ablation already`, {
    hint: "--resume continues it and runs what is missing; -o names another folder",
  });
}

function take(folder: string): Lock {
  const lock = guarded(folder, () => acquireLock(join(folder, ".lock")));
  if (lock !== undefined) return lock;
  throw new UserError("busy", `${folder} is in use by ${holderWords(join(folder, ".lock"))}`, {
    hint: "one driver at a time may run an ablation's folder; --shard gives several a folder each",
  });
}

/** A file that makes the same plan from any directory: the base's text beside it, changes and data paths written out. */
function planText({ ablation, sets, plan }: Opened): string {
  const { name, mode, rows, seeds, evaluate } = ablation;
  const { train, validation } = plan.base.data;
  const set = new Map(Object.entries(ablation.base.set));
  const put = (key: string, value: unknown): void => {
    set.delete(key);
    set.set(key, value);
  };
  for (const text of sets) put(text.split("=", 1)[0]!.trim(), parse(text.slice(text.indexOf("=") + 1)));
  put("data.train", train);
  if (typeof validation === "string") put("data.validation", validation);
  const base = { config: baseFile, set: Object.fromEntries(set) };
  return `# Written by inception ablate; inception ablate --resume reads it.\n${stringify({ name, base, mode, rows, seeds, evaluate })}`;
}

function guarded<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainIoError(error, "cannot use", folder);
  }
}
