// Disk space: what a folder uses, what is free, and whether it is enough.
import { existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";

/** Bytes that a user may still write on the file system of `folder`, which need not exist yet. */
export function freeBytes(folder: string): number {
  if (!existsSync(folder)) return freeBytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Bytes of all files below `folder`; files may vanish while they are counted. */
export function bytesBelow(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0;
  }
}

/** @throws UserError("diskFull") if `what` needs more bytes than there are on the disk of `folder`. */
export function requireSpace(folder: string, needed: number, what: string): void {
  const free = freeBytes(folder);
  if (free >= needed) return;
  const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new UserError(
    "diskFull",
    `${folder}: ${what} needs ${inMegabytes(needed)} of disk, got ${inMegabytes(free)}.`,
    {
      hint: "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.",
    },
  );
}
