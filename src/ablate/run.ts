// Runs the cells of an ablation, several at a time, each in child processes; what is on disk decides what is left to do.
import { setMaxListeners } from "node:events";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolderDurably, nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { listCheckpoints } from "../checkpoint/store.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import { acquireLock, type Lock, lockHolder } from "../lock.ts";
import { runPaths } from "../run/paths.ts";
import { threads } from "../runtime/threads.ts";
import {
  type CellPaths,
  type CellState,
  cellPaths,
  cellState,
  isSettled,
  lastError,
  type Outcome,
  writeOutcome,
} from "./cell.ts";
import { type Ended, runChild } from "./child.ts";
import type { Crops } from "./file.ts";
import type { Cell } from "./plan.ts";

/** What the user is shown as it goes. */
export interface CellWatcher {
  /** A process that an earlier driver left behind, or one on another machine, still works on the cell. */
  waiting(cell: Cell, pid: number | undefined): void;
  started(cell: Cell): void;
  ended(cell: Cell, state: CellState): void;
}

export type CellOptions = {
  readonly folder: string;
  readonly crops: Crops;
  readonly jobs: number;
  /** Of each cell's process; where it is not said, those of this one are shared among the jobs. */
  readonly threads?: number | undefined;
  readonly watcher: CellWatcher;
  readonly stop: AbortSignal;
};

/** Trains and evaluates every cell that is not settled, in order, `jobs` at a time. A cell that fails leaves the others alone. */
export async function runCells(cells: readonly Cell[], options: CellOptions): Promise<void> {
  const broken = new AbortController();
  const stop = AbortSignal.any([options.stop, broken.signal]);
  setMaxListeners(0, stop);
  const each = options.threads ?? Math.max(1, Math.floor(threads() / options.jobs));
  const queue = cells.values();
  const work = async (): Promise<void> => {
    for (const cell of queue) {
      if (stop.aborted) return;
      await runCell(cell, { ...options, threads: each, stop });
    }
  };
  const stopAll = (error: unknown): never => {
    broken.abort();
    throw error;
  };
  const ended = await Promise.allSettled(Array.from({ length: options.jobs }, () => work().catch(stopAll)));
  const failure = ended.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}

async function runCell(cell: Cell, { folder, crops, threads, watcher, stop }: CellOptions): Promise<void> {
  const paths = cellPaths(folder, cell, crops);
  if (isSettled(cellState(paths))) return;
  makeFolderDurably(nodeFs, paths.path);
  const lock = await takeLock(paths, stop, (pid) => watcher.waiting(cell, pid));
  if (lock === undefined) return;
  try {
    if (isSettled(cellState(paths))) return watcher.ended(cell, cellState(paths));
    watcher.started(cell);
    nodeFs.remove(paths.outcome);
    replaceDurably(nodeFs, paths.config, toYaml(cell.experiment));
    for (const phase of phasesLeft(paths)) {
      const ended = await runChild([...phases[phase](paths, cell, crops), "--threads", `${threads}`], {
        log: paths.log,
        lock,
        stop,
      });
      if (ended.exit === exitCodes.done) continue;
      if (!(stop.aborted && wasStopped(ended))) writeOutcome(paths, outcomeOf(phase, ended, paths));
      break;
    }
    watcher.ended(cell, cellState(paths));
  } finally {
    lock.release();
  }
}

type Phase = Outcome["phase"];

const phasesLeft = (paths: CellPaths): readonly Phase[] =>
  cellState(paths).kind === "trained" ? ["eval"] : ["train", "eval"];

/** Arguments of the command that does the phase. The last weights are evaluated: the best ones were chosen on these very pictures. */
const phases: Readonly<Record<Phase, (paths: CellPaths, cell: Cell, crops: Crops) => string[]>> = {
  train: (paths) => {
    if (listCheckpoints(runPaths(paths.run).checkpoints).length > 0) return ["train", "--resume", paths.run];
    nodeFs.remove(paths.run);
    return ["train", paths.config, "-o", paths.path];
  },
  eval: ({ run, evaluation }, { experiment: { data, train } }, crops) => [
    ...["eval", run, "--checkpoint", "last", "-o", evaluation],
    ...["--precision", train.precision, "--on-bad-image", data.onBadImage],
    ...(crops === "single" ? [] : ["--crops", `${crops}`]),
  ],
};

const { stopped, interrupted, terminated, hungUp } = exitCodes;
const stoppedCodes: ReadonlySet<number | null> = new Set([stopped, interrupted, terminated, hungUp, null]);
const wasStopped = ({ exit }: Ended): boolean => stoppedCodes.has(exit);

function outcomeOf(phase: Phase, { exit, signal }: Ended, { log }: CellPaths): Outcome {
  if (signal !== null) {
    const cause = signal === "SIGKILL" ? "; perhaps memory ran out: try a smaller train.batch or fewer --jobs" : "";
    return { kind: "killed", phase, exit, signal, message: `killed by ${signal}${cause}` };
  }
  return { kind: exit === exitCodes.diverged ? "diverged" : "failed", phase, exit, signal, message: lastError(log) };
}

const pollMilliseconds = 250;

/**
 * The cell's lock, once nobody else has it: a driver that was killed leaves children behind, and they hold it. When `stop` is raised they
 * are asked to stop and undefined is returned.
 */
async function takeLock(
  paths: CellPaths,
  stop: AbortSignal,
  onWait: (pid: number | undefined) => void,
): Promise<Lock | undefined> {
  for (let tries = 0; !stop.aborted; tries += 1) {
    const lock = acquireLock(paths.lock);
    if (lock !== undefined) return lock;
    if (tries === 0) onWait(lockHolder(paths.lock)?.pid);
    await sleep(pollMilliseconds, undefined, { signal: stop }).catch(() => {});
  }
  askToStop(paths.lock);
  return undefined;
}

function askToStop(path: string): void {
  const lock = acquireLock(path);
  const holder = lock ? undefined : lockHolder(path);
  lock?.release();
  if (holder === undefined || holder.pid === process.pid || holder.host !== hostname()) return;
  try {
    process.kill(holder.pid, "SIGINT");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}
