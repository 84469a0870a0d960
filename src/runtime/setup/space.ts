// Disk space: what set-up needs, what a folder uses, what is free.
import { existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../errors.ts";

/** Bytes while the wheel (274 MB) and the unpacked libraries (853 MB, which stay) lie side by side, with TensorFlow 2.21. */
export const spaceNeeded = 1_150e6;

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

/** @throws UserError if there is not enough room for a set-up in `cache`. */
export function requireSpace(cache: string, needed: number = spaceNeeded): void {
  const free = freeBytes(cache);
  if (free >= needed) return;
  const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new UserError("diskFull", `${cache}: set-up needs ${inMegabytes(needed)} of disk, got ${inMegabytes(free)}.`, {
    hint: "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.",
  });
}
