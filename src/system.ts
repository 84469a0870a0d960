// Functions of the C library that Node does not offer: the one door to koffi.
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import koffi from "koffi";

const libc = koffi.load(null);
const systemFlock = libc.func("int flock(int fd, int operation)") as (fd: number, operation: number) => number;
const dup = libc.func("int dup(int fd)") as (fd: number) => number;
const dup2 = libc.func("int dup2(int from, int to)") as (from: number, to: number) => number;

const [LOCK_EX, LOCK_NB] = [2, 4];

/** Takes an exclusive lock on an open file without waiting; false if another holder has it. */
export function flock(fd: number): boolean {
  if (systemFlock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const code = koffi.errno();
  if (code === constants.errno.EWOULDBLOCK) return false;
  throw new Error(`flock failed with errno ${code}`);
}

const loaded = new Map<string, unknown>();

/** Loads a shared library for the life of this process. */
export const loadLibrary = (path: string): void => void loaded.set(path, loaded.get(path) ?? koffi.load(path));

/** What native code writes to stderr meanwhile is dropped. */
export function quietly<T>(action: () => T): T {
  const kept = dup(2);
  if (kept < 0) return action();
  const nowhere = openSync("/dev/null", "w");
  dup2(nowhere, 2);
  closeSync(nowhere);
  try {
    return action();
  } finally {
    dup2(kept, 2);
    closeSync(kept);
  }
}
