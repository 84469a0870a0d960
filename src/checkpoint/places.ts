// Names of checkpoints in a folder: finished, being written, making room for another, on their way out.
import { basename, join } from "node:path";
import { errorCode, explainIoError } from "../io-error.ts";
import { type FsPort, nodeFs } from "./files.ts";

export type CheckpointPlace = { readonly step: number; readonly path: string };

/** `step-000000500`: padded so that names sort as steps do; read by number, never by time or name order. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(9, "0")}`;
const finished = /^step-\d{9,}$/;
/** One that makes room for another of its step, which takes its name a moment later. */
export const replaced = /^step-\d{9,}\.old-\d+$/;
/** One that is not finished, or is but for its name. */
export const written = /^step-\d{9,}\.tmp-\d+$/;
/** All but the finished ones. */
export const leftover = /^step-\d{9,}(\.(tmp|del|old)-\d+)+$/;

/** Of the checkpoint that lies there, whatever state it is in; undefined where its name says none. */
export function stepOf(path: string): number | undefined {
  const step = /^step-(\d{9,})(\.|$)/.exec(basename(path))?.[1];
  return step === undefined ? undefined : Number(step);
}

/** What is there, newest first; unverified. Empty when the folder is not there. */
export function listCheckpoints(folder: string, fs: FsPort = nodeFs): CheckpointPlace[] {
  const names = entries(folder, fs);
  const places = (pattern: RegExp): CheckpointPlace[] =>
    names
      .filter((name) => pattern.test(name))
      .map((name): CheckpointPlace => ({ step: stepOf(name)!, path: join(folder, name) }));
  const named = places(finished);
  const steps = new Set(named.map(({ step }) => step));
  return [...named, ...places(replaced).filter(({ step }) => !steps.has(step))].sort((a, b) => b.step - a.step);
}

/** Names in the folder; none where it is not there. */
export function entries(folder: string, fs: FsPort): string[] {
  try {
    return fs.list(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw explainIoError(error, "cannot list the checkpoints in", folder);
  }
}
