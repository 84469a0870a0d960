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

/** A function of a loaded library by its prototype in C; of the C library where no path is given. */
export const nativeFunction = <F extends (...given: never[]) => unknown>(prototype: string, path?: string): F =>
  (path === undefined ? libc : koffi.load(path)).func(prototype) as unknown as F;

koffi.struct("sock_fprog", { len: "uint16_t", filter: "void *" });
const setsockopt = libc.func(
  "int setsockopt(int fd, int level, int name, const sock_fprog *value, uint32_t length)",
) as (fd: number, level: number, name: number, value: { len: number; filter: Uint8Array }, length: number) => number;
/** On Linux. */
const [SOL_SOCKET, SO_ATTACH_FILTER] = [1, 26];

/** Lets the kernel drop what a filter of Linux's classic kind does not pass to a socket; false where it refuses. */
export const attachFilter = (fd: number, filter: Uint8Array): boolean =>
  setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, { len: filter.length / 8, filter }, 16) === 0;

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
