// The two passes of passes.wat, compiled into passes-module.ts: sixteen bytes at a time, with the same result everywhere.
import { extend, type Memory, startModule } from "../web-assembly.ts";
import type { Picture } from "./extent.ts";
import { passes } from "./passes-module.ts";
import type { Table } from "./weights.ts";

interface Passes {
  readonly memory: Memory;
  across(rows: number, stride: number, table: number, entry: number, width: number, source: number, to: number): void;
  down(rows: number, stride: number, table: number, entry: number, source: number, to: number): void;
}

/** Rows are copied to the module's memory in bands of so many bytes, or one row. */
const bandBytes = 2 ** 19;
/** A memory that has grown beyond this is not kept. */
const mostKept = 2 ** 26;
/** A pass may read or write so many bytes behind its rows. */
const slack = 16;

let kept: Passes | undefined;

/** Columns and rows as the tables say: RGB bytes of as many pixels as these have entries. */
export function runPasses({ pixels, width }: Picture, columns: Table, rows: Table): Uint8Array {
  const [outWidth, outHeight] = [columns, rows].map(({ entries, entry }) => entries.byteLength / entry) as [
    number,
    number,
  ];
  const [stride, outStride] = [width * 3, outWidth * 3];
  const band = Math.max(1, Math.floor(bandBytes / stride));
  kept ??= startModule<Passes>(passes);
  const { memory, across, down } = kept;
  const place = places(memory);
  const columnTable = place(columns.entries.byteLength);
  const rowTable = place(rows.entries.byteLength);
  const between = place((rows.end - rows.begin) * outStride);
  const out = place(outHeight * outStride);
  const source = place(Math.min(band, rows.end - rows.begin) * stride);
  const bytes = new Uint8Array(memory.buffer);
  const put = ({ entries }: Table, at: number) => bytes.set(new Uint8Array(entries.buffer), at);
  put(columns, columnTable);
  put(rows, rowTable);
  for (let y = rows.begin; y < rows.end; y += band) {
    const count = Math.min(band, rows.end - y);
    bytes.set(pixels.subarray(y * stride, (y + count) * stride), source);
    const to = between + (y - rows.begin) * outStride;
    across(count, stride, columnTable, columns.entry, outWidth, source, to);
  }
  // Row numbers count from the picture's first row; the sum of this and any that occurs is an address.
  down(outHeight, outStride, rowTable, rows.entry, between - rows.begin * outStride, out);
  if (memory.buffer.byteLength > mostKept) kept = undefined;
  return bytes.slice(out, out + outHeight * outStride);
}

/** Addresses for one array after another, from the memory's start; it grows as it must. */
function places(memory: Passes["memory"]): (bytes: number) => number {
  let next = 0;
  return (bytes) => {
    const at = next;
    next = (at + bytes + slack + 15) & ~15;
    extend(memory, next);
    return at;
  };
}
