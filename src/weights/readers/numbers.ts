// Numbers as other programs store them, little-endian, made float32.
import { widen } from "../../checkpoint/half-floats.ts";

export const numberTypes = [
  "float16",
  "bfloat16",
  "float32",
  "float64",
  "bool",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
] as const;
export type NumberType = (typeof numberTypes)[number];

type Stored = { readonly width: number; toFloat32(buffer: ArrayBuffer, offset: number, count: number): Float32Array };

const converted = (
  Type: new (buffer: ArrayBuffer, offset: number, count: number) => Iterable<number> & ArrayLike<number>,
  width: number,
): Stored => ({ width, toFloat32: (buffer, offset, count) => new Float32Array(new Type(buffer, offset, count)) });

const half = (format: "F16" | "BF16"): Stored => ({
  width: 2,
  toFloat32: (buffer, offset, count) => widen(new Uint16Array(buffer, offset, count), format),
});

const long = (Type: typeof BigInt64Array | typeof BigUint64Array): Stored => ({
  width: 8,
  toFloat32: (buffer, offset, count) => Float32Array.from(new Type(buffer, offset, count), Number),
});

const stored: Readonly<Record<NumberType, Stored>> = {
  float16: half("F16"),
  bfloat16: half("BF16"),
  float32: { width: 4, toFloat32: (buffer, offset, count) => new Float32Array(buffer, offset, count) },
  float64: converted(Float64Array, 8),
  bool: converted(Uint8Array, 1),
  uint8: converted(Uint8Array, 1),
  int8: converted(Int8Array, 1),
  uint16: converted(Uint16Array, 2),
  int16: converted(Int16Array, 2),
  uint32: converted(Uint32Array, 4),
  int32: converted(Int32Array, 4),
  uint64: long(BigUint64Array),
  int64: long(BigInt64Array),
};

/** Bytes of one number. */
export const widthOf = (type: NumberType): number => stored[type].width;

/** The numbers that `bytes` hold; float32 as a view of them where they are aligned. */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, type: NumberType): Float32Array {
  const { width, toFloat32 } = stored[type];
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return toFloat32(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}
