// A file that is read piece by piece, so that a large one is never in memory beside its tensors.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../../errors.ts";
import { errorCode, explainIoError } from "../../io-error.ts";
import { refused } from "./refused.ts";

export interface ByteSource {
  readonly file: string;
  readonly size: number;
  /** Fresh bytes, their buffer's own. Throws UserError("foreignWeights") where the file ends before them. */
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
}

const notThere: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
};

/** Calls `use` with the open file and closes it after. Throws UserError("foreignWeights") for a file that is not there, ("io") else. */
export async function withSource<T>(file: string, use: (source: ByteSource) => T | Promise<T>): Promise<T> {
  const descriptor = explained(file, () => openSync(file, "r"));
  try {
    const { size } = explained(file, () => fstatSync(descriptor));
    return await use({ file, size, read: (at, length) => read(file, descriptor, size, at, length) });
  } finally {
    closeSync(descriptor);
  }
}

function read(file: string, descriptor: number, size: number, at: number, length: number): Uint8Array<ArrayBuffer> {
  requireInside(file, size, at, length);
  if (length > longestPiece) throw refused(file, `it has a piece of ${length} bytes, expected at most ${longestPiece}`);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = explained(file, () =>
      readSync(descriptor, bytes, done, Math.min(length - done, largestRead), at + done),
    );
    if (count === 0) throw refused(file, `it ends at byte ${at + done} while being read, expected ${size} bytes`);
    done += count;
  }
  return bytes;
}

const longestPiece = 2 ** 31;
/** One call to the system gives at most 2 GiB. */
const largestRead = 2 ** 30;

function requireInside(file: string, size: number, at: number, length: number): void {
  if (at >= 0 && length >= 0 && at + length <= size) return;
  throw refused(file, `it has ${size} bytes, expected ${length} more at byte ${at}: it is damaged or cut off`);
}

function explained<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const problem = notThere[errorCode(error) ?? ""];
    if (problem === undefined) throw explainIoError(error, "cannot read", file);
    throw refused(file, problem, { cause: error });
  }
}
