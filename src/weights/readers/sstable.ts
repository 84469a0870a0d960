// The sorted table of strings of TensorFlow's checkpoints: blocks of entries, an index of blocks, a footer. The format is LevelDB's.

import { crc32c, masked } from "../../crc.ts";
import type { ByteSource } from "./byte-source.ts";
import { refused } from "./refused.ts";

const magic = Buffer.from("57fb808b247547db", "hex");
const footerBytes = 48;
/** After each block: its compression and its check. */
const trailerBytes = 5;

export const isTable = ({ size, read }: ByteSource): boolean =>
  size >= footerBytes && magic.equals(read(size - magic.length, magic.length));

/** Keys and values in order, block by block. Throws UserError("foreignWeights") where a check fails. */
export function* entriesOf(source: ByteSource): Generator<readonly [key: string, value: Uint8Array<ArrayBuffer>]> {
  const footer = cursor(source.read(source.size - footerBytes, footerBytes), source.file);
  handle(footer);
  const index = block(source, handle(footer));
  let before: Buffer | undefined;
  for (const [, place] of blockEntries(index, source.file)) {
    for (const [key, value] of blockEntries(block(source, handle(cursor(place, source.file))), source.file)) {
      if (before !== undefined && Buffer.compare(before, key) >= 0)
        throw damaged(source.file, "its keys are not in order");
      before = key;
      yield [key.toString("utf8"), value];
    }
  }
}

type Cursor = { readonly bytes: Uint8Array<ArrayBuffer>; readonly file: string; at: number };
type Handle = { readonly offset: number; readonly size: number };

const cursor = (bytes: Uint8Array<ArrayBuffer>, file: string): Cursor => ({ bytes, file, at: 0 });

function varint(from: Cursor): number {
  let value = 0;
  for (let factor = 1; from.at < from.bytes.length; factor *= 128) {
    const byte = from.bytes[from.at++]!;
    value += (byte % 128) * factor;
    if (value > Number.MAX_SAFE_INTEGER) break;
    if (byte < 128) return value;
  }
  throw damaged(from.file, "a number in it has no end");
}

const handle = (from: Cursor): Handle => ({ offset: varint(from), size: varint(from) });

function block(source: ByteSource, { offset, size }: Handle): Uint8Array<ArrayBuffer> {
  const bytes = source.read(offset, size + trailerBytes);
  const check = new DataView(bytes.buffer).getUint32(size + 1, true);
  if (masked(crc32c(bytes.subarray(0, size + 1))) !== check) {
    throw damaged(source.file, `its block at byte ${offset} does not match its check (CRC-32C)`);
  }
  if (bytes[size] !== 0) throw refused(source.file, `its block at byte ${offset} is compressed, expected plain ones`);
  return bytes.subarray(0, size);
}

/** Each key is the last one's first bytes and more. At the end stand the places where whole keys do, and their number. */
function* blockEntries(bytes: Uint8Array<ArrayBuffer>, file: string): Generator<[Buffer, Uint8Array<ArrayBuffer>]> {
  if (bytes.length < 4) throw damaged(file, "a block of it is too short");
  const restarts = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  const end = bytes.length - 4 * (restarts + 1);
  if (end < 0) throw damaged(file, "a block of it is too short");
  const from = cursor(bytes.subarray(0, end), file);
  let key = Buffer.alloc(0);
  while (from.at < end) {
    const [shared, own, size] = [varint(from), varint(from), varint(from)];
    if (shared > key.length || from.at + own + size > end)
      throw damaged(file, "an entry of it is longer than its block");
    key = Buffer.concat([key.subarray(0, shared), bytes.subarray(from.at, from.at + own)]);
    from.at += own + size;
    yield [key, bytes.subarray(from.at - size, from.at)];
  }
}

const damaged = (file: string, how: string): Error => refused(file, `it is damaged: ${how}`);
