// The lines of a file that may be larger than memory, one after the other.
import { closeSync, openSync, readSync } from "node:fs";
import { errorCode } from "../io-error.ts";

export type Line = {
  /** Without its newline; empty for one over 16 MiB, which none of ours is. */
  readonly text: string;
  /** Where the next one begins, in bytes. */
  readonly end: number;
  /** Whether its newline is there. */
  readonly whole: boolean;
};

const pieceBytes = 2 ** 20;
const longestLine = 2 ** 24;
const newline = 0x0a;

/** None where the file is not there. A piece of it and the longest line are held at a time. */
export function* readLines(path: string, piece: number = pieceBytes): Generator<Line, undefined> {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    const buffer = Buffer.alloc(piece);
    let [parts, length, end]: [Buffer[], number, number] = [[], 0, 0];
    const add = (part: Buffer): void => {
      length += part.length;
      if (length > longestLine) parts = [];
      else if (part.length > 0) parts.push(Buffer.from(part));
    };
    const finish = (whole: boolean): Line => {
      const text = Buffer.concat(parts).toString();
      end += length + Number(whole);
      [parts, length] = [[], 0];
      return { text, end, whole };
    };
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const bytes = buffer.subarray(0, read);
      let from = 0;
      for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
        add(bytes.subarray(from, at));
        yield finish(true);
        from = at + 1;
      }
      add(bytes.subarray(from));
    }
    if (length > 0) yield finish(false);
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
