// Functions of the C library that Node does not offer: the one door to koffi.
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import koffi from "koffi";

const libc = koffi.load(null);
const systemFlock = libc.func("int flock(int fd, int operation)") as (fd: number, operation: number) => number;
const dup = libc.func("int dup(int fd)") as (fd: number) => number;
const dup2 = libc.func("int dup2(int from, int to)") as (from: number, to: number) => number;

const exitAtOnce = libc.func("void _exit(int status)") as (status: number) => void;

const dlopen = libc.func("void *dlopen(const char *path, int flags)") as (path: string, flags: number) => unknown;
const dlerror = libc.func("const char *dlerror()") as () => string;
const RTLD_NOW = 2;
const RTLD_NODELETE = process.platform === "darwin" ? 0x80 : 0x1000;
const [LOCK_EX, LOCK_NB] = [2, 4];

/** Takes an exclusive lock on an open file without waiting; false if another holder has it. */
export function flock(fd: number): boolean {
  if (systemFlock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const code = koffi.errno();
  if (code === constants.errno.EWOULDBLOCK) return false;
  throw new Error(`flock failed with errno ${code}`);
}

/** Loads a shared library for the life of this process. */
export function loadLibrary(path: string): void {
  if (dlopen(path, RTLD_NOW | RTLD_NODELETE) === null) throw new Error(`cannot load ${path}: ${dlerror()}`);
}

/** What a function of a loaded library says that takes nothing and gives text. */
export const callForText = (path: string, name: string): string =>
  (koffi.load(path).func(`const char *${name}()`) as () => string)();

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

/** Ends this process without waiting for its threads. */
export const endProcess = (code: number): void => exitAtOnce(code);
