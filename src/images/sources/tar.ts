// What lies where in a plain tar file: its headers alone are read, so that content can be read in place later.
import { type FileHandle, open } from "node:fs/promises";
import { UserError } from "../../errors.ts";
import { explainIoError } from "../../io-error.ts";
import { visibleName } from "../../visible.ts";

export interface TarEntry {
  /** As it stands there, without `./`. */
  readonly name: string;
  /** `special`: a link, a device, a pipe or a sparse file. */
  readonly kind: "file" | "folder" | "special";
  /** Bytes from the start of the file to its content. */
  readonly offset: number;
  readonly size: number;
}
/** A tar file that is being read. */
export interface OpenedTar {
  readonly size: number;
  /** In milliseconds since 1970, whole ones. */
  readonly modified: number;
  entries(): AsyncGenerator<TarEntry, undefined>;
  /** Bytes of the file; fewer than asked for only where it ends. Good until the next call. */
  read(offset: number, length: number): Promise<Buffer>;
}

const block = 512;
/** Of a name or a header of more than one block. */
const largestHeader = 2 ** 20;
const windowSize = 2 ** 16;

/**
 * Calls `use` with the file. Throws UserError("data") for one that is compressed, damaged, cut off or goes on behind its end, naming the last good
 * entry; nothing is ever written.
 */
export async function withTar<T>(path: string, use: (tar: OpenedTar) => Promise<T>): Promise<T> {
  const handle = await open(path).catch((error: unknown) => {
    throw explainIoError(error, "cannot read", path);
  });
  try {
    const { size, mtimeMs } = await handle.stat();
    const read = windowOn(handle);
    return await use({ size, modified: Math.floor(mtimeMs), read, entries: () => entriesOf(path, size, read) });
  } catch (error) {
    throw explainIoError(error, "cannot read", path);
  } finally {
    await handle.close();
  }
}

type Read = OpenedTar["read"];

/** Headers lie close together, so a read takes what comes after, too. */
function windowOn(handle: FileHandle): Read {
  let bytes = Buffer.alloc(0);
  let from = 0;
  return async (offset, length) => {
    if (offset < from || offset + length > from + bytes.length) {
      const wanted = Buffer.allocUnsafe(Math.max(length, windowSize));
      let got = 0;
      while (got < length) {
        const { bytesRead } = await handle.read(wanted, got, wanted.length - got, offset + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      [bytes, from] = [wanted.subarray(0, got), offset];
    }
    return bytes.subarray(offset - from, offset - from + length);
  };
}

/** The old form of a file, its own, and a contiguous one. */
const isPlain = (type: string): boolean => ["\0", "0", "7"].includes(type);

/** What headers before an entry say of it. */
type Ahead = { name?: string; size?: number; sparse?: boolean };

async function* entriesOf(path: string, fileSize: number, read: Read): AsyncGenerator<TarEntry, undefined> {
  let last = "";
  const after = (): string => (last === "" ? "before its first entry" : `after ${visibleName(last)}`);
  const fail = (what: string, hint?: string): never => {
    throw new UserError("data", `${path}: ${what}`, hint === undefined ? {} : { hint });
  };
  const packed = compressionOf(await read(0, 6));
  if (packed)
    fail(`compressed (${packed}), so its pictures cannot be read in place`, "unpack it once: pictures hardly shrink");
  let ahead: Ahead = {};
  for (let at = 0; ; ) {
    const header = await read(at, block);
    if (header.length < block) fail(`the archive is cut off ${after()}`);
    if (header.every((byte) => byte === 0)) {
      if (!(await onlyZeros(read, at, fileSize)))
        fail(`it goes on behind its end, ${after()}`, "two archives in one file?");
      return;
    }
    if (!hasChecksum(header)) fail(last === "" ? "no tar archive, or a damaged one" : `a damaged header ${after()}`);
    const type = String.fromCharCode(header[156]!);
    const content = at + block;
    const stated = ahead.size ?? numberOf(header.subarray(124, 136)) ?? fail(`no size that can be read, ${after()}`);
    // Whatever size it states: tar itself reads none there.
    const size = "123456".includes(type) ? 0 : stated;
    at = content + Math.ceil(size / block) * block;
    if (content + size > fileSize)
      fail(
        `the archive is cut off ${after()}: its next entry has ${size} bytes, of which ${Math.max(0, fileSize - content)} are there`,
      );
    if ("xgLK".includes(type)) {
      if (size > largestHeader) fail(`a header of ${size} bytes ${after()}, expected at most ${largestHeader}`);
      const text = await read(content, size);
      if (type === "x") ahead = { ...ahead, ...(recordsOf(text) ?? fail(`a damaged header ${after()}`)) };
      else if (type === "L") ahead = { ...ahead, name: textOf(text) };
      continue;
    }
    const name = plainName(ahead.name ?? ownName(header));
    const kind = type === "5" ? "folder" : isPlain(type) && !ahead.sparse ? "file" : "special";
    ahead = {};
    last = name;
    yield { name, kind, offset: content, size };
  }
}

function compressionOf(start: Buffer): string | undefined {
  const magics: readonly (readonly [string, string])[] = [
    ["gzip", "1f8b"],
    ["zstd", "28b52ffd"],
    ["bzip2", "425a68"],
    ["xz", "fd377a585a00"],
  ];
  return magics.find(([, magic]) => start.toString("hex").startsWith(magic))?.[0];
}

async function onlyZeros(read: Read, from: number, to: number): Promise<boolean> {
  for (let at = from; at < to; at += windowSize)
    if ((await read(at, Math.min(windowSize, to - at))).some((byte) => byte !== 0)) return false;
  return true;
}

/** The sum of all bytes, with the sum's own field as spaces. */
function hasChecksum(header: Buffer): boolean {
  let sum = 8 * 32;
  for (let i = 0; i < block; i++) if (i < 148 || i >= 156) sum += header[i]!;
  return numberOf(header.subarray(148, 156)) === sum;
}

/** Octal digits, or with the highest bit set a binary number; undefined for anything else, a negative one too. */
function numberOf(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    const value = Number(BigInt(`0x${field.subarray(1).toString("hex")}`));
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = textOf(field).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}

const textOf = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? field.length : end);
};

function ownName(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

const plainName = (name: string): string => name.replace(/^(\.\/+)+/, "");

/** `LENGTH key=value` lines of a PAX header; undefined where they contradict themselves. */
function recordsOf(text: Buffer): Ahead | undefined {
  const ahead: Ahead = {};
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(text.toString("latin1", at, space));
    const end = at + length;
    if (!Number.isSafeInteger(length) || end > text.length || end <= space || text[end - 1] !== 10) return undefined;
    const record = text.toString("utf8", space + 1, end - 1);
    const equals = record.indexOf("=");
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === "path") ahead.name = value;
    if (key === "size") {
      if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) return undefined;
      ahead.size = Number(value);
    }
    if (key.startsWith("GNU.sparse.")) ahead.sparse = true;
    at = end;
  }
  return ahead;
}
