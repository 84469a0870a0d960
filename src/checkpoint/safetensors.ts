// The safetensors file format: an 8-byte length, a JSON header, then the tensors' bytes (github.com/huggingface/safetensors).
import { z } from "zod";
import { UserError } from "../errors.ts";
import { visibleName } from "../visible.ts";
import { type HalfFormat, narrow, widen } from "./half-floats.ts";
import { issueWords, parseJson } from "./json.ts";

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
/** `stored`: float32 values that have, or shall have, half the width in the file (written to the nearest, ties to even). */
export type Tensor = { readonly shape: readonly number[]; readonly data: TensorData; readonly stored?: HalfFormat };
export type Tensors = ReadonlyMap<string, Tensor>;
export type SafeTensors = { readonly tensors: Map<string, Tensor>; readonly metadata: Map<string, string> };

const lengthBytes = 8;
const alignment = 8;
/** A tensor takes about 150 bytes of it. */
export const largestHeader = 16 * 2 ** 20;
const mostAxes = 16;
const metadataKey = "__metadata__";

const full = { F32: Float32Array, F64: Float64Array, I32: Int32Array, I64: BigInt64Array, U8: Uint8Array } as const;
const halves: readonly HalfFormat[] = ["F16", "BF16"];
type FullDtype = keyof typeof full;
type Dtype = FullDtype | HalfFormat;

const isHalf = (dtype: Dtype): dtype is HalfFormat => dtype === "F16" || dtype === "BF16";
const widthOf = (dtype: Dtype): number => (isHalf(dtype) ? 2 : full[dtype].BYTES_PER_ELEMENT);

/** The file's bytes: the same tensors and metadata give the same bytes, whatever the maps' order. */
export function encode(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].map(describe).sort(byWidthThenName);
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    header.push([metadataKey, Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => compare(a, b)))]);
  }
  let end = 0;
  for (const { name, dtype, shape, bytes } of entries) {
    const begin = end;
    end += bytes.length;
    header.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(stringifyEntries(header));
  const dataStart = Math.ceil((lengthBytes + json.length) / alignment) * alignment;
  const bytes = new Uint8Array(dataStart + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - lengthBytes), true);
  bytes.fill(0x20, lengthBytes, dataStart);
  bytes.set(json, lengthBytes);
  let position = dataStart;
  for (const { bytes: own } of entries) {
    bytes.set(own, position);
    position += own.length;
  }
  return bytes;
}

/**
 * The tensors of a file, as views of `bytes` where width and alignment allow; halves are widened. `file` names it in errors.
 * Refused with UserError("checkpoint"): everything that the format forbids (a header that does not fit, is not JSON or
 * names a thing twice; tensors that overlap, leave gaps, reach outside or whose shape does not match their bytes).
 */
export function decode(bytes: Uint8Array, file: string): SafeTensors {
  const dataStart = lengthBytes + headerLength(bytes, file);
  const header = readHeader(bytes.subarray(lengthBytes, dataStart), file);
  requireNoGaps(header.tensors, bytes.length - dataStart, file);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets }] of header.tensors) {
    const [begin, end] = data_offsets;
    tensors.set(name, { shape, ...dataOf(bytes.subarray(dataStart + begin, dataStart + end), dtype) });
  }
  return { tensors, metadata: header.metadata };
}

type Described = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

function describe([name, { shape, data, stored }]: readonly [string, Tensor]): Described {
  if (reservedNames.has(name)) throw new Error(`a tensor may not be called ${name}`);
  const dtype = (Object.keys(full) as FullDtype[]).find((key) => data instanceof full[key]);
  if (dtype === undefined) throw new Error(`tensor ${name} holds neither float32, float64, int32, int64 nor uint8`);
  if (elements(shape) !== data.length)
    throw new Error(`tensor ${name}: shape [${shape}] has not ${data.length} elements`);
  if (stored === undefined) return { name, shape, dtype, bytes: bytesOf(data) };
  if (!(data instanceof Float32Array))
    throw new Error(`tensor ${name} cannot be stored as ${stored}: it is no float32`);
  return { name, shape, dtype: stored, bytes: bytesOf(narrow(data, stored)) };
}

/** Wide elements first, so that every tensor stays aligned. */
const byWidthThenName = (a: Described, b: Described): number =>
  widthOf(b.dtype) - widthOf(a.dtype) || compare(a.name, b.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON of an object in exactly this order (an object literal would move integer-like names to the front). */
const stringifyEntries = (entries: readonly [string, unknown][]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function headerLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < lengthBytes) {
    throw malformed(file, `expected at least ${lengthBytes} bytes, got ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = Math.min(bytes.length - lengthBytes, largestHeader);
  if (length > room) throw malformed(file, `its header claims ${length} bytes, expected at most ${room}`);
  return Number(length);
}

const reservedNames: ReadonlySet<string> = new Set([metadataKey, "__proto__", "constructor", "prototype"]);
const size = z.int().min(0);
const metadataSchema = z.record(z.string(), z.string());
const tensorSchema = z.strictObject({
  dtype: z.enum([...(Object.keys(full) as FullDtype[]), ...halves]),
  shape: z.array(size).max(mostAxes),
  data_offsets: z.tuple([size, size]),
});
type Entry = z.output<typeof tensorSchema>;
type Header = { readonly tensors: Map<string, Entry>; readonly metadata: Map<string, string> };

function readHeader(bytes: Uint8Array, file: string): Header {
  const tensors = new Map<string, Entry>();
  let metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(parseHeader(bytes, file))) {
    if (name === metadataKey) {
      metadata = new Map(Object.entries(check(metadataSchema, value, "its metadata", file)));
    } else {
      if (reservedNames.has(name)) throw malformed(file, `the tensor name "${name}" is not allowed`);
      tensors.set(name, check(tensorSchema, value, `tensor "${name}"`, file));
    }
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, file: string): object {
  if (bytes[0] !== "{".charCodeAt(0)) throw malformed(file, "its header does not start with {");
  let header: unknown;
  try {
    header = parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw malformed(file, `its header is not sound JSON: ${visibleName((error as Error).message)}`);
  }
  return header as object;
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw malformed(file, `${what}: ${issueWords(result.error.issues[0]!)}`);
}

/** Every byte after the header belongs to exactly one tensor, of the size that its shape says. */
function requireNoGaps(tensors: ReadonlyMap<string, Entry>, dataBytes: number, file: string): void {
  const inOrder = [...tensors].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let expected = 0;
  for (const [name, { dtype, shape, data_offsets }] of inOrder) {
    const [begin, end] = data_offsets;
    if (begin !== expected) {
      throw malformed(file, `tensor "${name}" starts at byte ${begin}, expected ${expected} (no gap, no overlap)`);
    }
    const needed = elements(shape) * widthOf(dtype);
    if (end - begin !== needed) {
      throw malformed(file, `tensor "${name}" of shape [${shape}] takes ${needed} bytes, got ${end - begin}`);
    }
    expected = end;
  }
  if (expected !== dataBytes) throw malformed(file, `its tensors take ${expected} bytes, got ${dataBytes}`);
}

function dataOf(bytes: Uint8Array, dtype: Dtype): Pick<Tensor, "data" | "stored"> {
  const width = widthOf(dtype);
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const part = [aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / width] as const;
  return isHalf(dtype)
    ? { data: widen(new Uint16Array(...part), dtype), stored: dtype }
    : { data: new full[dtype](...part) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const malformed = (file: string, problem: string): UserError =>
  new UserError("checkpoint", `${file} is not a sound safetensors file: ${problem}`);
