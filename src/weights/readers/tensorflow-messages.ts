// The messages in TensorFlow's checkpoints. Field numbers are those of its public .proto files.
import protobuf from "protobufjs";
import type { NumberType } from "./numbers.ts";
import { refused, refusing } from "./refused.ts";

// A packed field of floats is read as its bytes, which are its numbers.
const messages = protobuf.parse(
  `
  syntax = "proto3";
  message BundleHeader { int32 num_shards = 1; int32 endianness = 2; }
  message BundleEntry {
    int32 dtype = 1; Shape shape = 2; int32 shard_id = 3; int64 offset = 4; int64 size = 5; fixed32 crc32c = 6;
    repeated Slice slices = 7;
  }
  message Shape { repeated Dim dim = 2; bool unknown_rank = 3; }
  message Dim { int64 size = 1; }
  message Slice { repeated Extent extent = 1; }
  message Extent { int64 start = 1; int64 length = 2; }
  message SavedSlices { SavedMeta meta = 1; SavedSlice data = 2; }
  message SavedMeta { repeated SavedTensor tensor = 1; }
  message SavedTensor { string name = 1; Shape shape = 2; int32 type = 3; repeated Slice slice = 4; }
  message SavedSlice { string name = 1; Slice slice = 2; Tensor data = 3; }
  message Tensor {
    repeated bytes float_val = 5; repeated bytes double_val = 6; repeated int32 int_val = 7; repeated int64 int64_val = 10;
    repeated bool bool_val = 11; repeated int32 half_val = 13;
  }
  message ObjectGraph { repeated Object nodes = 1; }
  message Object { repeated Attribute attributes = 2; }
  message Attribute { string full_name = 2; string checkpoint_key = 3; }
`,
  { keepCase: true },
).root;

type Shape = { readonly dim: readonly { readonly size: number }[]; readonly unknown_rank: boolean };
type Slice = { readonly extent: readonly { readonly start: number; readonly length: number }[] };

export interface Messages {
  readonly BundleHeader: { readonly num_shards: number; readonly endianness: number };
  readonly BundleEntry: {
    readonly dtype: number;
    readonly shape: Shape | null;
    readonly shard_id: number;
    readonly offset: number;
    readonly size: number;
    readonly crc32c: number;
    readonly slices: readonly Slice[];
  };
  readonly SavedSlices: {
    readonly meta: { readonly tensor: readonly SavedTensor[] } | null;
    readonly data: { readonly name: string; readonly slice: Slice | null; readonly data: TensorNumbers | null } | null;
  };
  readonly ObjectGraph: {
    readonly nodes: readonly {
      readonly attributes: readonly { readonly full_name: string; readonly checkpoint_key: string }[];
    }[];
  };
}
export type SavedTensor = {
  readonly name: string;
  readonly shape: Shape | null;
  readonly type: number;
  readonly slice: readonly Slice[];
};
export type TensorNumbers = {
  readonly float_val: readonly Uint8Array[];
  readonly double_val: readonly Uint8Array[];
  readonly int_val: readonly number[];
  readonly int64_val: readonly number[];
  readonly bool_val: readonly boolean[];
  readonly half_val: readonly number[];
};

/** Throws UserError("foreignWeights") for bytes that are no such message. */
export function decodeMessage<K extends keyof Messages>(type: K, bytes: Uint8Array, file: string): Messages[K] {
  const message = messages.lookupType(type);
  return refusing(file, "an entry of it is damaged", () =>
    message.toObject(message.decode(bytes), { longs: Number, defaults: true }),
  ) as Messages[K];
}

/** Numbers of TensorFlow's DataType; text and what else is no number have none here. */
export const dataTypes: Readonly<Record<number, NumberType>> = {
  1: "float32",
  2: "float64",
  3: "int32",
  4: "uint8",
  5: "int16",
  6: "int8",
  9: "int64",
  10: "bool",
  14: "bfloat16",
  17: "uint16",
  19: "float16",
  22: "uint32",
  23: "uint64",
};
export const textType = 7;

export function sizesOf(shape: Shape | null, file: string, name: string): readonly number[] {
  if (shape?.unknown_rank) throw refused(file, `tensor "${name}" has no shape`);
  return shape?.dim.map(({ size }) => size) ?? [];
}

/** Whether a slice leaves out a part of the tensor. */
export const isPart = ({ extent }: Slice, shape: readonly number[]): boolean =>
  extent.some(({ start, length }, axis) => start !== 0 || (length !== 0 && length !== shape[axis]));
