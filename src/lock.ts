// A lock that the kernel frees when its holder dies, so it is never stale and never stolen from a busy process.
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "./io-error.ts";
import { flock } from "./system.ts";

export type LockHolder = { readonly pid: number; readonly host: string; readonly since: string };

/** A child that is given `fd` as one of its `stdio` holds the lock too: it is free when both have let go or died. */
export type Lock = {
  readonly fd: number;
  /** Names the child in the file, for those who find it locked. */
  name(pid: number): void;
  release(): void;
};

/**
 * Takes `path` for this process, creating the file and its folder. Children do not inherit it: Node opens files close-on-exec.
 *
 * @returns undefined if another holder (also one in this process) has it.
 */
export function acquireLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "a+");
  try {
    if (!flock(fd)) {
      closeSync(fd);
      return undefined;
    }
    writeHolder(fd, process.pid);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let isOwn = true;
  return {
    fd,
    name(pid) {
      isOwn = false;
      writeHolder(fd, pid);
    },
    release: once(() => {
      // So that whoever waits for the next holder's name is not given this one's.
      if (isOwn) ftruncateSync(fd);
      closeSync(fd);
    }),
  };
}

/** The same as soon as it is free; `onWait` is called once where another holder has it. */
export async function waitForLock(path: string, onWait: () => void): Promise<Lock> {
  for (let told = false; ; told = true) {
    const lock = acquireLock(path);
    if (lock) return lock;
    if (!told) onWait();
    await sleep(300);
  }
}

function writeHolder(fd: number, pid: number): void {
  const holder: LockHolder = { pid, host: hostname(), since: new Date().toISOString() };
  ftruncateSync(fd);
  writeSync(fd, `${JSON.stringify(holder)}\n`);
}

/** Who wrote the lock file last, for a message only: the lock itself is the kernel's. */
export function lockHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  } catch {
    return undefined;
  }
}

/** Who has just taken a lock may not have written its name yet: what stands there is nothing, or a process that is gone. */
const patience = { times: 100, milliseconds: 20 };

/** The holder in words, for a message. */
export function holderWords(path: string): string {
  let holder = lockHolder(path);
  for (let time = 0; time < patience.times && !(holder && isAlive(holder)); time++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience.milliseconds);
    holder = lockHolder(path);
  }
  return holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "another process";
}

/** As far as that can be seen from here. */
function isAlive({ pid, host }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

const once = (action: () => void): (() => void) => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
};
