// The checkpoints of a folder as their manifests tell of them, and one of them read whole.
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { nodeFs } from "./files.ts";
import { fileOf, manifestFile, type Part, parts } from "./manifest.ts";
import { listCheckpoints } from "./places.ts";
import { readSuitable } from "./suitable.ts";
import { readManifest } from "./verified.ts";

export type Listed = {
  readonly step: number;
  readonly path: string;
  /** Of all files; null where the manifest cannot be read. */
  readonly bytes: number | null;
  readonly epoch: number | null;
  readonly holds: readonly Part[];
  /** Whether it validated best so far. */
  readonly best: boolean;
  /** What is wrong with its manifest. */
  readonly problem: string | null;
};

/** The newest first; tensors stay unread. */
export function overview(folder: string): Listed[] {
  const read = listCheckpoints(folder).map(({ step, path }) => ({ step, path, ...manifestOf(path) }));
  const best = read.find(({ manifest }) => manifest?.state.best)?.manifest?.state.best?.step;
  return read.map(({ step, path, manifest, problem }) => ({
    step,
    path,
    bytes: manifest ? Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0) : null,
    epoch: manifest?.state.epoch ?? null,
    holds: parts.filter((part) => manifest?.files[fileOf(part)] !== undefined),
    best: step === best,
    problem: problem ?? null,
  }));
}

function manifestOf(path: string) {
  try {
    return { manifest: readManifest(path, nodeFs) };
  } catch (error) {
    return { problem: sentenceOf(error) };
  }
}

/** What is wrong with a checkpoint: a file by its hash, a tensor by its shape, a number that is not finite; null where nothing is. */
export function verify(path: string): string | null {
  try {
    readSuitable(path);
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Whether a folder is itself a checkpoint. */
export const isCheckpoint = (path: string): boolean => nodeFs.exists(join(path, manifestFile));

function sentenceOf(error: unknown): string {
  if (error instanceof UserError && error.reason === "checkpoint") return error.message;
  throw error;
}
