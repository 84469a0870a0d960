// What an evaluation has done so far, on disk picture by picture, so that an interrupted one goes on where it stopped.
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolderDurably, nodeFs } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";
import { acquireLock, type Lock, lockHolder } from "../lock.ts";
import type { Scored } from "./score-crops.ts";

export interface Journal {
  /** What an earlier sitting did: pictures 0 to earlier.length - 1. */
  readonly earlier: readonly Scored[];
  append(entry: Scored): void;
  /** Keeps it for another sitting; again, and after `remove`, it does nothing. */
  close(): void;
  /** The evaluation is whole and written elsewhere. */
  remove(): void;
}

const schema = "inception.progress/3";
const secondsBetweenSyncs = 5;

/**
 * Opens `progress.jsonl` in `folder`, for this process alone. Entries count only if they were written under the same `key`, which says
 * everything that results depend on; a torn end is dropped. Throws UserError("busy") naming the process that has it.
 */
export async function openJournal(folder: string, key: string): Promise<Journal> {
  const file = join(folder, "progress.jsonl");
  const lock = lockFolder(folder);
  try {
    const found = existsSync(file) ? await readJournal(file, key) : { entries: [], bytes: 0 };
    return { earlier: found.entries, ...writer(file, key, found.bytes, lock) };
  } catch (error) {
    lock.release();
    throw explainIoError(error, "cannot write", file);
  }
}

function lockFolder(folder: string): Lock {
  const file = join(folder, ".lock");
  try {
    makeFolderDurably(nodeFs, folder);
    const lock = acquireLock(file);
    if (lock) return lock;
  } catch (error) {
    throw explainIoError(error, "cannot lock", file);
  }
  const holder = lockHolder(file);
  throw new UserError("busy", `${folder} is in use by ${holder ? `process ${holder.pid}` : "another process"}`, {
    hint: "one evaluation at a time may write there; -o takes another folder",
  });
}

function writer(file: string, key: string, bytes: number, lock: Lock): Omit<Journal, "earlier"> {
  if (bytes > 0) truncateSync(file, bytes);
  const fd = openSync(file, bytes > 0 ? "a" : "w");
  let synced = performance.now();
  const write = (line: string): void => {
    try {
      const text = Buffer.from(line);
      for (let done = 0; done < text.length; ) done += writeSync(fd, text, done);
      if (performance.now() - synced < secondsBetweenSyncs * 1000) return;
      fsyncSync(fd);
      synced = performance.now();
    } catch (error) {
      throw explainIoError(error, "cannot write", file);
    }
  };
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
    lock.release();
  };
  if (bytes === 0) write(`${JSON.stringify({ schema, key })}\n`);
  return {
    append: (entry) => write(`${format(entry)}\n`),
    close,
    remove() {
      rmSync(file, { force: true });
      close();
    },
  };
}

/** The sound entries from the beginning, and the bytes that they take; none under another key. */
async function readJournal(file: string, key: string): Promise<{ entries: Scored[]; bytes: number }> {
  const entries: Scored[] = [];
  let bytes = 0;
  for await (const line of wholeLines(file)) {
    const value = parse(line);
    if (bytes === 0 && (value?.schema !== schema || value.key !== key)) return { entries, bytes };
    const entry = bytes === 0 ? undefined : value && entryOf(value, entries.length);
    if (bytes > 0 && !entry) return { entries, bytes };
    if (entry) entries.push(entry);
    bytes += line.length + 1;
  }
  return { entries, bytes };
}

/** Lines that end with a line feed, without it. */
async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
}

type Line = Readonly<Record<string, unknown>>;

function parse(line: Buffer): Line | undefined {
  try {
    return JSON.parse(line.toString()) as Line;
  } catch {
    return undefined;
  }
}

const format = (entry: Scored): string =>
  JSON.stringify(
    "reason" in entry
      ? entry
      : { index: entry.index, digest: entry.digest, rows: [entry.logits, ...entry.subsets].map(toBase64) },
  );

function entryOf({ index, reason, digest, rows }: Line, expected: number): Scored | undefined {
  if (index !== expected) return undefined;
  if (typeof reason === "string") return { index, reason };
  if (typeof digest !== "string" || !Array.isArray(rows) || rows.length === 0) return undefined;
  const [logits, ...subsets] = rows.map((text) => fromBase64(String(text)));
  return { index, logits: logits!, subsets, digest };
}

const toBase64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");
const fromBase64 = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
