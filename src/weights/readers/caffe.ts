// Caffe's .caffemodel: a NetParameter with a layer's learned numbers in its blobs. Field numbers are those of its caffe.proto.
import protobuf from "protobufjs";
import type { ForeignFile } from "../foreign.ts";
import type { ByteSource } from "./byte-source.ts";
import { toFloat32 } from "./numbers.ts";
import { refused, refusing } from "./refused.ts";
import { foundTensors } from "./tensors.ts";

// A packed field is read as its bytes, which are its numbers: float32 or float64, little-endian.
const messages = protobuf.parse(
  `
  syntax = "proto2";
  message Layer { optional string name = 1; repeated Blob blobs = 7; }
  message LayerV1 { optional string name = 4; repeated Blob blobs = 6; }
  message Blob {
    optional int32 num = 1; optional int32 channels = 2; optional int32 height = 3; optional int32 width = 4;
    optional Shape shape = 7;
    repeated bytes data = 5; repeated bytes double_data = 8;
  }
  message Shape { repeated int64 dim = 1 [packed = true]; }
`,
  { keepCase: true },
).root;

type Blob = {
  readonly num?: number;
  readonly channels?: number;
  readonly height?: number;
  readonly width?: number;
  readonly shape?: { readonly dim: readonly number[] };
  readonly data: readonly Uint8Array[];
  readonly double_data: readonly Uint8Array[];
};
type Layer = { readonly name?: string; readonly blobs: readonly Blob[] };

/** The field of NetParameter that holds layers, for each of the two generations of the format. */
const layerTypes = new Map([
  [100, messages.lookupType("Layer")],
  [2, messages.lookupType("LayerV1")],
]);

/**
 * Tensors "layer/0", "layer/1": its blobs in their order (weights, then biases). Shapes as they are stored: files of before
 * 2014 have four dimensions throughout, biases [1, 1, 1, n].
 */
export function readCaffe(source: ByteSource): ForeignFile {
  const { file } = source;
  const found = foundTensors(file);
  for (const { name, blobs } of layersOf(source)) {
    for (const [index, blob] of blobs.entries()) {
      const tensor = `${name ?? ""}/${index}`;
      found.add(tensor, shapeOf(blob), numbersOf(blob, file, tensor));
    }
  }
  if (found.tensors.size === 0) throw refused(file, "no layer of this .caffemodel has weights");
  return { format: "caffe", tensors: found.tensors };
}

function* layersOf(source: ByteSource): Generator<Layer> {
  for (const { field, at, length } of fieldsOf(source)) {
    const type = layerTypes.get(field);
    if (type === undefined) continue;
    const bytes = source.read(at, length);
    const layer = refusing(source.file, `the layer at byte ${at} is damaged`, () => type.decode(bytes));
    yield type.toObject(layer, { longs: Number, arrays: true }) as Layer;
  }
}

const longestTag = 20;

/** The fields of the outermost message that hold bytes, without reading these. */
function* fieldsOf(source: ByteSource): Generator<{ field: number; at: number; length: number }> {
  for (let at = 0; at < source.size; ) {
    const reader = protobuf.Reader.create(source.read(at, Math.min(longestTag, source.size - at)));
    const { field, wire, length } = refusing(source.file, `byte ${at} begins no field of a .caffemodel`, () => {
      const tag = reader.uint32();
      const wire = tag & 7;
      if (wire !== 2) reader.skipType(wire);
      return { field: tag >>> 3, wire, length: wire === 2 ? reader.uint32() : 0 };
    });
    if (wire === 2) yield { field, at: at + reader.pos, length };
    at += reader.pos + length;
    if (at > source.size) throw refused(source.file, `it ends at byte ${source.size}, expected at least ${at} bytes`);
  }
}

const shapeOf = ({ shape, num, channels, height, width }: Blob): readonly number[] =>
  shape === undefined ? [num ?? 0, channels ?? 0, height ?? 0, width ?? 0] : shape.dim;

function numbersOf({ data, double_data }: Blob, file: string, tensor: string): Float32Array {
  const [parts, type] = data.length > 0 ? ([data, "float32"] as const) : ([double_data, "float64"] as const);
  const bytes = new Uint8Array(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  const width = type === "float32" ? 4 : 8;
  if (bytes.length % width !== 0) {
    throw refused(file, `tensor "${tensor}" has ${bytes.length} bytes, expected a multiple of ${width}`);
  }
  return toFloat32(bytes, type);
}
