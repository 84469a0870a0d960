// TensorFlow's checkpoints: the second form (.index and .data-*; also SavedModels' variables/) and the first, a single file.

import { crc32c, masked } from "../../crc.ts";
import type { ForeignFile } from "../foreign.ts";
import { type ByteSource, withSource } from "./byte-source.ts";
import { type NumberType, toFloat32, widthOf } from "./numbers.ts";
import { refused, shown } from "./refused.ts";
import { entriesOf } from "./sstable.ts";
import {
  dataTypes,
  decodeMessage,
  isPart,
  type Messages,
  type SavedTensor,
  sizesOf,
  type TensorNumbers,
  textType,
} from "./tensorflow-messages.ts";
import { elementsOf, type FoundTensors, foundTensors } from "./tensors.ts";

type Entry = Messages["BundleEntry"];

/** Where TensorFlow 2 keeps, as text, what its objects are called. */
const objectGraph = "_CHECKPOINTABLE_OBJECT_GRAPH";
const mostShards = 10_000;
const littleEndian = 0;
const indexEnding = ".index";

/**
 * The checkpoint of an index "<prefix>.index" and its data files. Tensors have their variables' names, which checkpoints of
 * TensorFlow 2 keep beside their keys ("InceptionV3/Conv2d_1a_3x3/weights" for "variables/0/.ATTRIBUTES/VARIABLE_VALUE"). Text is
 * passed over.
 */
export async function readBundle(index: ByteSource): Promise<ForeignFile> {
  const { file } = index;
  const [header, ...rest] = entriesOf(index);
  if (header?.[0] !== "") throw refused(file, "it is no index of a TensorFlow checkpoint: it has no header");
  const { num_shards: count, endianness } = decodeMessage("BundleHeader", header[1], file);
  if (endianness !== littleEndian) throw refused(file, "its numbers are stored most significant byte first");
  if (count < 1 || count > mostShards) throw refused(file, `it claims ${count} data files`);
  const entries = new Map(rest.map(([key, value]) => [key, decodeMessage("BundleEntry", value, file)]));
  const inShard = <T>(shard: number, use: (data: ByteSource) => T): Promise<T> =>
    withSource(shardFile(file, shard, count), use);
  const graph = entries.get(objectGraph);
  const names =
    graph?.dtype === textType
      ? await inShard(graph.shard_id, (data) => namesOf(data, graph))
      : new Map<string, string>();
  const found = foundTensors(file);
  for (const shard of new Set([...entries.values()].map(({ shard_id }) => shard_id))) {
    await inShard(shard, (data) => {
      for (const [key, entry] of entries) {
        if (entry.shard_id === shard) addTensor(found, names.get(key) ?? key, entry, data);
      }
    });
  }
  return whole(found, file);
}

function shardFile(index: string, shard: number, count: number): string {
  if (shard < 0 || shard >= count) throw refused(index, `it names data file ${shard} of ${count}`);
  const [number, of] = [shard, count].map((value) => String(value).padStart(5, "0"));
  return `${index.slice(0, -indexEnding.length)}.data-${number}-of-${of}`;
}

function addTensor(found: FoundTensors, name: string, entry: Entry, data: ByteSource): void {
  const { dtype, shape, offset, size, slices } = entry;
  if (dtype === textType) return;
  const type = numberType(dtype, name, data.file);
  const sizes = sizesOf(shape, data.file, name);
  if (slices.length > 0) throw inParts(name, data.file);
  const expected = elementsOf(data.file, name, sizes) * widthOf(type);
  if (size !== expected) {
    throw refused(data.file, `tensor "${shown(name)}" of shape [${sizes}] takes ${expected} bytes, got ${size}`);
  }
  const bytes = data.read(offset, size);
  if (masked(crc32c(bytes)) !== entry.crc32c) {
    throw refused(data.file, `tensor "${shown(name)}" is damaged: its bytes do not match their check (CRC-32C)`);
  }
  found.add(name, sizes, toFloat32(bytes, type));
}

/** Variables' names by key: what has several keys, or shares its name, keeps its keys. */
function namesOf(data: ByteSource, { offset, size }: Entry): ReadonlyMap<string, string> {
  const { nodes } = decodeMessage("ObjectGraph", textAt(data.read(offset, size), data.file), data.file);
  const named = nodes.flatMap(({ attributes }) => attributes).filter(({ full_name }) => full_name !== "");
  const keysOf = new Map<string, Set<string>>();
  for (const { full_name, checkpoint_key } of named) {
    keysOf.set(full_name, (keysOf.get(full_name) ?? new Set()).add(checkpoint_key));
  }
  return new Map(
    [...keysOf].flatMap(([name, keys]): [string, string][] => (keys.size === 1 ? [[[...keys][0]!, name]] : [])),
  );
}

/** A single text: its length in sevens of bits, four bytes of a check, its bytes. */
function textAt(bytes: Uint8Array, file: string): Uint8Array {
  const start = bytes.findIndex((byte) => byte < 128) + 1 + 4;
  if (start > bytes.length) throw refused(file, `its entry ${objectGraph} is damaged`);
  return bytes.subarray(start);
}

/** A checkpoint of the first form: a table that holds the tensors themselves. */
export function readSlices(source: ByteSource): ForeignFile {
  const { file } = source;
  const found = foundTensors(file);
  const saved = new Map<string, SavedTensor>();
  for (const [key, value] of entriesOf(source)) {
    const { meta, data } = decodeMessage("SavedSlices", value, file);
    if (key === "") for (const tensor of meta?.tensor ?? []) saved.set(tensor.name, tensor);
    else addSlice(found, saved.get(data?.name ?? ""), data, file);
  }
  for (const [name, { type }] of saved) {
    if (type !== textType && !found.tensors.has(name)) throw refused(file, `tensor "${shown(name)}" is missing`);
  }
  return whole(found, file);
}

function addSlice(
  found: FoundTensors,
  tensor: SavedTensor | undefined,
  data: Messages["SavedSlices"]["data"],
  file: string,
): void {
  if (tensor === undefined) throw refused(file, `tensor "${shown(data?.name ?? "")}" is not in its list`);
  if (tensor.type === textType) return;
  const sizes = sizesOf(tensor.shape, file, tensor.name);
  if (tensor.slice.some((slice) => isPart(slice, sizes))) throw inParts(tensor.name, file);
  const numbers = data?.data ?? undefined;
  if (numbers === undefined) throw refused(file, `tensor "${shown(tensor.name)}" has no numbers`);
  found.add(tensor.name, sizes, numbersOf(numbers, numberType(tensor.type, tensor.name, file), tensor.name, file));
}

function numbersOf(numbers: TensorNumbers, type: NumberType, name: string, file: string): Float32Array {
  const packed = type === "float32" ? numbers.float_val : type === "float64" ? numbers.double_val : undefined;
  if (packed !== undefined) {
    const bytes = new Uint8Array(packed.length === 1 ? packed[0]! : Buffer.concat(packed));
    if (bytes.length % widthOf(type) === 0) return toFloat32(bytes, type);
    throw refused(file, `tensor "${shown(name)}" has ${bytes.length} bytes, expected a multiple of ${widthOf(type)}`);
  }
  if (type === "float16" || type === "bfloat16") {
    return toFloat32(new Uint8Array(Uint16Array.from(numbers.half_val).buffer), type);
  }
  if (type === "bool") return Float32Array.from(numbers.bool_val, Number);
  return Float32Array.from(type === "int64" ? numbers.int64_val : numbers.int_val);
}

function numberType(dtype: number, name: string, file: string): NumberType {
  const type = dataTypes[dtype];
  if (type === undefined) throw refused(file, `tensor "${shown(name)}" has the type ${dtype}, which is no number`);
  return type;
}

const inParts = (name: string, file: string): Error =>
  refused(file, `tensor "${shown(name)}" is stored in parts, which are not put together here`);

function whole({ tensors }: FoundTensors, file: string): ForeignFile {
  if (tensors.size === 0) throw refused(file, "the checkpoint holds no tensors");
  return { format: "tensorflow", tensors };
}
