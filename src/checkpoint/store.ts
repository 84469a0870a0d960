// Checkpoints in a folder: each is written whole or not at all, verified when read, and the newest good one is never lost.
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";
import { savingFs } from "./fault.ts";
import { type FsPort, makeFolderDurably, nodeFs, removeQuietly, syncFolder, writeDurably } from "./files.ts";
import {
  type CheckpointState,
  type FileRecord,
  fileOf,
  formatManifest,
  manifestFile,
  type Part,
  parts,
  sha256,
} from "./manifest.ts";
import { checkpointName, entries, leftover, listCheckpoints, replaced, stepOf, written } from "./places.ts";
import { decode, encode, type Tensors } from "./safetensors.ts";
import { unpacked } from "./storage.ts";
import { readManifest, readVerified } from "./verified.ts";

export type { CheckpointState } from "./manifest.ts";
export { type CheckpointPlace, checkpointName, listCheckpoints } from "./places.ts";

/** Weights alone, or with all that training goes on from. */
export type CheckpointFiles = { readonly weights: Tensors; readonly average?: Tensors; readonly optimizer?: Tensors };
/** What training resumes from. */
export type WholeFiles = CheckpointFiles & { readonly optimizer: Tensors };
export type Checkpoint = { readonly step: number; readonly files: CheckpointFiles; readonly state: CheckpointState };

/**
 * Saves a checkpoint as `<folder>/step-<step>` and returns its path. It appears under that name only when all of it is on the
 * disk; one of the same step is replaced, and at every moment one of the two is whole and found. Throws UserError("diskFull") or
 * ("io"), leaving the earlier ones as they were.
 */
export function writeCheckpoint(folder: string, checkpoint: Checkpoint, fs: FsPort = savingFs()): string {
  const target = join(folder, checkpointName(checkpoint.step));
  const temporary = `${target}.tmp-${process.pid}`;
  const contents = encodeFiles(checkpoint);
  try {
    makeFolderDurably(fs, folder);
    fs.remove(temporary);
    fs.makeFolder(temporary);
    for (const [name, bytes] of contents) writeDurably(fs, join(temporary, name), bytes);
    syncFolder(fs, temporary);
    const old = `${target}.old-${process.pid}`;
    if (fs.exists(target)) {
      fs.remove(old);
      fs.rename(target, old);
    }
    fs.rename(temporary, target);
    syncFolder(fs, folder);
    fs.remove(old);
  } catch (error) {
    removeQuietly(fs, temporary);
    const bytesNeeded = [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    throw explainIoError(error, "cannot save the checkpoint", target, bytesNeeded);
  }
  return target;
}

/** Reads and verifies one checkpoint. Throws UserError("checkpoint") naming the file that is missing or changed, and how. */
export function readCheckpoint(path: string, fs: FsPort = nodeFs): Checkpoint {
  const { step, state, contents } = readVerified(path, fs);
  const [weights, average, optimizer] = parts.map((part): Tensors | undefined => {
    const bytes = contents.get(part);
    if (bytes === undefined) return undefined;
    const { tensors } = decode(bytes, join(path, fileOf(part)));
    return state.folded?.storage === "uint8" ? unpacked(tensors) : tensors;
  });
  if (weights === undefined) throw new UserError("checkpoint", `${join(path, manifestFile)} lists no weights`);
  return { step, state, files: { weights, ...(average && { average }), ...(optimizer && { optimizer }) } };
}

/** Throws UserError("usage") for a checkpoint that training cannot go on from. */
export function requireResumable({ files, state }: Checkpoint, path: string): void {
  if (files.optimizer !== undefined && state.epoch !== undefined) return;
  throw new UserError("usage", `${path} holds weights alone, no optimizer state and no position to go on from`, {
    hint: "inception eval and inception predict take it; training starts anew without --resume",
  });
}

export type NewestOptions = {
  readonly onBroken?: (error: UserError) => void;
  /** Of which steps; of all where left out. */
  readonly isWanted?: (step: number) => boolean;
  readonly fs?: FsPort;
  /** Throws UserError("checkpoint") for a broken one. */
  readonly read?: (path: string, fs: FsPort) => Checkpoint;
};

/**
 * The newest checkpoint that can be read; undefined when the folder holds none that is wanted. Each broken one passed over is given to
 * `onBroken`; when nothing is left, UserError("checkpoint").
 */
export function newestCheckpoint(
  folder: string,
  { onBroken = () => {}, isWanted = () => true, fs = nodeFs, read = readCheckpoint }: NewestOptions = {},
): { readonly path: string; readonly checkpoint: Checkpoint } | undefined {
  const places = listCheckpoints(folder, fs).filter(({ step }) => isWanted(step));
  for (const { path } of places) {
    try {
      return { path, checkpoint: read(path, fs) };
    } catch (error) {
      if (!isBroken(error)) throw error;
      onBroken(error);
    }
  }
  if (places.length === 0) return undefined;
  throw new UserError("checkpoint", `${folder}: none of its ${places.length} checkpoints can be used`);
}

type Kept = {
  /** The step of the best one. */
  readonly best?: number | undefined;
  /** Of which steps; of all where left out. */
  readonly counts?: (step: number) => boolean;
};

/**
 * Removes all but the newest `keep` that count, the newest of all and the best. Damaged ones do not count, and the newest that
 * verifies stays whatever happens.
 */
export function prune(folder: string, keep: number, kept: Kept = {}, fs: FsPort = savingFs()): void {
  try {
    for (const path of superfluous(folder, keep, kept, fs)) remove(fs, path);
  } catch (error) {
    throw explainIoError(error, "cannot remove checkpoints from", folder);
  }
}

/** Removes the checkpoints after `step`, for a run that goes on from there. */
export function rewind(folder: string, step: number, fs: FsPort = nodeFs): void {
  try {
    for (const place of listCheckpoints(folder, fs)) if (place.step > step) remove(fs, place.path);
  } catch (error) {
    throw explainIoError(error, "cannot remove checkpoints from", folder);
  }
}

/**
 * Ends what was interrupted: a checkpoint that was whole but for its name gets it, one that had made room for another comes back, and
 * what else saves and removals left behind is removed. Only for the process that holds the run's lock.
 */
export function recover(folder: string, fs: FsPort = nodeFs): void {
  const names = entries(folder, fs).filter((name) => leftover.test(name));
  for (const pattern of [written, replaced])
    for (const name of names) {
      const [path, target] = [name, checkpointName(stepOf(name)!)].map((one) => join(folder, one)) as [string, string];
      if (pattern.test(name) && !fs.exists(target) && verifies(path, fs)) fs.rename(path, target);
    }
  if (names.length > 0) syncFolder(fs, folder);
  for (const name of names) fs.remove(join(folder, name));
}

/** What `prune` would remove. */
export function superfluous(
  folder: string,
  keep: number,
  { best, counts = () => true }: Kept,
  fs: FsPort = nodeFs,
): string[] {
  const places = listCheckpoints(folder, fs);
  const whole = places.filter(({ path }) => isWhole(path, fs));
  const counted = whole.filter(({ step }) => counts(step));
  const kept = new Set([...whole.slice(0, 1), ...counted.slice(0, keep)].map(({ step }) => step));
  if (best !== undefined) kept.add(best);
  if (places.every(({ step }) => kept.has(step))) return [];
  const newest = whole.find(({ path }) => verifies(path, fs))?.step ?? 0;
  return places.filter(({ step }) => !kept.has(step) && step < newest).map(({ path }) => path);
}

/** In the order in which they are written: the manifest last. */
function encodeFiles({ step, files, state }: Checkpoint): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const [part, tensors] of Object.entries(files)) contents.set(fileOf(part as Part), encode(tensors));
  const records: Record<string, FileRecord> = {};
  for (const [name, bytes] of contents) records[name] = { bytes: bytes.length, sha256: sha256(bytes) };
  return contents.set(manifestFile, new TextEncoder().encode(formatManifest({ step, files: records, state })));
}

const isBroken = (error: unknown): error is UserError => error instanceof UserError && error.reason === "checkpoint";

/** Cheap: the manifest is sound and its files are there. */
const isWhole = (path: string, fs: FsPort): boolean =>
  holds(() => {
    const { files } = readManifest(path, fs);
    const missing = Object.keys(files).find((name) => !fs.exists(join(path, name)));
    if (missing !== undefined) throw new UserError("checkpoint", `${join(path, missing)} is missing`);
  });
const verifies = (path: string, fs: FsPort): boolean => holds(() => readVerified(path, fs));

function holds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (isBroken(error)) return false;
    throw error;
  }
}

/** Out of sight first, and the disk knows it, so that a crash half-way leaves no half checkpoint under a good name. */
function remove(fs: FsPort, path: string): void {
  const doomed = `${path}.del-${process.pid}`;
  fs.remove(doomed);
  fs.rename(path, doomed);
  syncFolder(fs, dirname(path));
  fs.remove(doomed);
}
