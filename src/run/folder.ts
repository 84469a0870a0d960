// Run folders: made under the next free number, opened by one writer at a time, found again by when they started.
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { makeFolderDurably, nodeFs, removeQuietly, replaceDurably, syncFolder } from "../checkpoint/files.ts";
import { listCheckpoints, recover } from "../checkpoint/store.ts";
import { readManifest } from "../checkpoint/verified.ts";
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import { acquireLock, holderWords, type Lock } from "../lock.ts";
import { type Drift, noDrift, pictures } from "./drift.ts";
import {
  type Circumstances,
  type Ending,
  endAttempt,
  inLastAttempt,
  type RunInfo,
  readRunInfo,
  rebuiltInfo,
  startAttempt,
  writeRunInfo,
} from "./info.ts";
import { type RunPaths, runPaths } from "./paths.ts";

/** A run that this process alone may write. */
export type RunFolder = RunPaths & {
  /** Records after how many steps the attempt begins. */
  began(step: number): void;
  /** Records how the attempt ended and lets the run go. */
  close(exit: number, more?: Omit<Ending, "exit">): void;
};

/** Makes `<root>/<name>-N` with the first free N. `config` is the text of config.yaml. */
export function createRun(root: string, name: string, config: string, circumstances: Circumstances): RunFolder {
  const paths = runPaths(makeNumbered(root, name));
  let release = () => {};
  try {
    release = lockRun(paths);
    replaceDurably(nodeFs, paths.config, config);
    makeFolderDurably(nodeFs, paths.checkpoints);
    return begin(paths, { ...startAttempt(circumstances), resumes: [] }, release);
  } catch (error) {
    removeQuietly(nodeFs, paths.path);
    release();
    throw explainIoError(error, "cannot write in", paths.path);
  }
}

/**
 * Opens a run to resume it, and clears away what a killed save left behind. A damaged record is told, put aside and made anew.
 * Throws UserError("busy") naming the process that has it, ("usage") when `path` is no run or had other pictures, unless they may drift.
 */
export function openRun(
  path: string,
  circumstances: Circumstances,
  onDamaged: (error: UserError) => void = () => {},
  drift: Drift = noDrift,
): RunFolder {
  const paths = runPaths(path);
  if (!existsSync(paths.info)) {
    throw new UserError("usage", `${path} is not a run folder: it has no run.json`, {
      hint: "a run folder is one that inception train made, such as runs/train/experiment-1",
    });
  }
  const release = lockRun(paths);
  try {
    recover(paths.checkpoints);
    const info = recordOf(paths, circumstances, onDamaged);
    if (!drift.has(pictures)) requireSamePictures(path, info, circumstances);
    return begin(paths, { ...info, resumes: [...info.resumes, startAttempt(circumstances)] }, release);
  } catch (error) {
    release();
    throw explainIoError(error, "cannot write in", path);
  }
}

function recordOf(paths: RunPaths, now: Circumstances, onDamaged: (error: UserError) => void): RunInfo {
  try {
    return readRunInfo(paths.info);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const aside = `${paths.info}.damaged`;
    onDamaged(new UserError("data", `${error.message}; it is kept as ${basename(aside)} and made anew`));
    nodeFs.remove(aside);
    nodeFs.rename(paths.info, aside);
    return rebuiltInfo(now, {
      start: statSync(paths.config).mtime.toISOString(),
      dataFingerprint: savedFingerprint(paths.checkpoints) ?? now.dataFingerprint,
    });
  }
}

/** Of the pictures that a run's newest sound checkpoint has seen. */
function savedFingerprint(checkpoints: string): string | undefined {
  for (const { path } of listCheckpoints(checkpoints))
    try {
      return readManifest(path, nodeFs).state.dataFingerprint;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  return undefined;
}

function requireSamePictures(run: string, info: RunInfo, now: Circumstances): void {
  const hint = `put the training set back as it was, or go on with these: --allow-drift ${pictures}`;
  const sittings = [info, ...info.resumes];
  if (sittings.at(-1)!.dataFingerprint !== now.dataFingerprint)
    throw new UserError("usage", `${run} had other pictures than those its config.yaml names now`, { hint });
  const before = sittings.findLast(({ dataContent }) => dataContent !== undefined)?.dataContent;
  if (before !== undefined && now.dataContent !== undefined && before !== now.dataContent)
    throw new UserError("usage", `${run} had other pictures: names and sizes are the same, their bytes are not`, {
      hint,
    });
}

/** The run of `root` that started last; undefined when there is none. Runs whose record is damaged are passed over and told to `onDamaged`. */
export function newestRun(root: string, onDamaged: (error: UserError) => void): string | undefined {
  const runs = runNames(root).flatMap((name) => {
    const paths = runPaths(join(root, name));
    const start = existsSync(paths.info) ? startOf(paths.info, onDamaged) : undefined;
    return start === undefined ? [] : [{ path: paths.path, start, number: numberOf(name) }];
  });
  runs.sort((a, b) => (a.start === b.start ? b.number - a.number : a.start < b.start ? 1 : -1));
  return runs[0]?.path;
}

function startOf(info: string, onDamaged: (error: UserError) => void): string | undefined {
  try {
    return readRunInfo(info).start;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onDamaged(error);
    return undefined;
  }
}

/** Makes `<root>/<name>-N` with the first free N: mkdir fails for all but one of several processes that try the same number. */
export function makeNumbered(root: string, name: string): string {
  try {
    mkdirSync(root, { recursive: true });
    const taken = runNames(root).filter((entry) => entry.replace(numbered, "") === name);
    for (let number = Math.max(0, ...taken.map(numberOf)) + 1; ; number += 1) {
      const path = join(root, `${name}-${number}`);
      if (makeNew(path)) {
        syncFolder(nodeFs, root);
        return path;
      }
    }
  } catch (error) {
    throw explainIoError(error, "cannot make a run folder in", root);
  }
}

function makeNew(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

const numbered = /-(\d+)$/;
const numberOf = (name: string): number => Number(numbered.exec(name)?.[1]);

function runNames(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((entry) => numbered.test(entry));
}

export function lockRun({ path, lock: file }: RunPaths): () => void {
  const held = take(file);
  if (held !== undefined) return () => held.release();
  throw new UserError("busy", `${path} is in use by ${holderWords(file)}`, {
    hint: "one process at a time may train in a run folder",
  });
}

function take(file: string): Lock | undefined {
  try {
    return acquireLock(file);
  } catch (error) {
    throw explainIoError(error, "cannot lock", file);
  }
}

function begin(paths: RunPaths, info: RunInfo, release: () => void): RunFolder {
  let record = info;
  const write = (now: RunInfo): void => {
    record = now;
    writeRunInfo(paths.info, record);
  };
  write(info);
  return {
    ...paths,
    began: (step) => write(inLastAttempt(record, { step })),
    close(exit, more) {
      try {
        write(endAttempt(record, { exit, ...more }));
      } finally {
        release();
      }
    },
  };
}
