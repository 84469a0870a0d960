// The few file operations that saving needs, as a port: tests put failing and crashing file systems behind it.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { explainIoError } from "../io-error.ts";

/** Each call is one step after which a crash may come. Errors carry `code` as Node's do. */
export interface FsPort {
  /** `wx` creates a new file, `r` opens a file or a folder for fsync. */
  open(path: string, flags: "wx" | "r"): number;
  /** How many bytes were taken: perhaps not all. */
  write(file: number, bytes: Uint8Array): number;
  fsync(file: number): void;
  close(file: number): void;
  /** With its parents; no error when it is there. */
  makeFolder(path: string): void;
  rename(from: string, to: string): void;
  /** A file, or a folder with all in it; no error when it is not there. */
  remove(path: string): void;
  exists(path: string): boolean;
  list(folder: string): string[];
  /** Bytes of a plain file, or of the one that a link leads to. A pipe, a device or a socket, which could keep its reader for ever, is EFTYPE. */
  size(path: string): number;
  /** Of what has a size. */
  read(path: string): Uint8Array;
}

export const nodeFs: FsPort = {
  open: (path, flags) => openSync(path, flags),
  write: (file, bytes) => writeSync(file, bytes),
  fsync: fsyncSync,
  close: closeSync,
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  exists: existsSync,
  list: (folder) => readdirSync(folder),
  size: sizeOfPlain,
  read(path) {
    sizeOfPlain(path);
    return readWhole(path);
  },
};

function sizeOfPlain(path: string): number {
  const stats = statSync(path);
  if (stats.isFile()) return stats.size;
  const [code, what] = stats.isDirectory() ? ["EISDIR", "a folder"] : ["EFTYPE", "no plain file"];
  throw Object.assign(new Error(`${code}: it is ${what}`), { code });
}

/** The longest piece that one call reads, writes or hashes; Node refuses 2 GiB and more. */
export const longestPiece = 2 ** 26;

/** Any length that an array may have, which is 4 GiB: readFileSync refuses 2 GiB and more. */
export function readWhole(path: string, piece = longestPiece): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    let done = 0;
    for (let taken = -1; done < bytes.length && taken !== 0; done += taken)
      taken = readSync(file, bytes, done, Math.min(piece, bytes.length - done), null);
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

/** Writes a new file and waits until the disk has it. */
export function writeDurably(fs: FsPort, path: string, bytes: Uint8Array): void {
  const file = fs.open(path, "wx");
  try {
    for (let done = 0; done < bytes.length; ) {
      const taken = fs.write(file, bytes.subarray(done, done + longestPiece));
      if (taken <= 0) throw Object.assign(new Error("the file system took no bytes"), { code: "EIO" });
      done += taken;
    }
    fs.fsync(file);
  } finally {
    fs.close(file);
  }
}

/** Writes a file in place of the old one: after a crash there is the old content or the new one, nothing between. */
export function replaceDurably(fs: FsPort, path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp-${process.pid}`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    fs.remove(temporary);
    writeDurably(fs, temporary, bytes);
    fs.rename(temporary, path);
    syncFolder(fs, dirname(path));
  } catch (error) {
    removeQuietly(fs, temporary);
    throw explainIoError(error, "cannot write", path, bytes.length);
  }
}

/** For a temporary file or folder after an error that says more. */
export function removeQuietly(fs: FsPort, path: string): void {
  try {
    fs.remove(path);
  } catch {
    // The next start removes it.
  }
}

/** Waits until the disk has the folder's entries. */
export function syncFolder(fs: FsPort, folder: string): void {
  const file = fs.open(folder, "r");
  try {
    fs.fsync(file);
  } finally {
    fs.close(file);
  }
}

/** Makes a folder that outlives a power cut. */
export function makeFolderDurably(fs: FsPort, folder: string): void {
  if (fs.exists(folder)) return;
  fs.makeFolder(folder);
  syncFolder(fs, dirname(folder));
}
