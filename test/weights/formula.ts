// Weights and a picture by formulas of their names and places: those of test/golden/foreign/reference.py.
import type { ForeignTensor } from "../../src/weights/foreign.ts";

/** FNV-1a, 32 bits. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(name)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}

/** Uniform in [-1, 1): MurmurHash3's last mix of the name's hash and the index. */
function noise(start: number, index: number): number {
  let x = (start + Math.imul(index, 0x9e3779b9)) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Kernels by He's rule, norms near the identity. `outputsFirst`: as PyTorch and Caffe lay them out. */
export function filled(name: string, shape: readonly number[], outputsFirst: boolean): ForeignTensor {
  const count = shape.reduce((product, side) => product * side, 1);
  const [middle, spread] = rangeOf(name, shape, count, outputsFirst);
  const data = new Float32Array(count);
  const start = hash(name);
  for (let i = 0; i < count; i++) data[i] = middle + noise(start, i) * spread;
  return { shape, data };
}

function rangeOf(name: string, shape: readonly number[], count: number, outputsFirst: boolean): [number, number] {
  if (shape.length > 1) {
    const inputs = name.includes("depthwise")
      ? shape[0]! * shape[1]!
      : count / (outputsFirst ? shape[0]! : shape.at(-1)!);
    return [0, Math.sqrt(6 / inputs) * headGain(name)];
  }
  if (/(?:gamma|bn\.weight)$/.test(name)) return [1, 0.2];
  return /(?:running_var|moving_variance)$/.test(name) ? [1, 0.5] : [0, 0.1];
}

/** Keeps logits near one, so that 1e-4 is some hundred roundings; Caffe's pixels are a hundred times larger. */
function headGain(name: string): number {
  if (name.includes("classifier")) return 1 / 128;
  return /fc2?\.weight|predictions|Logits\/Conv2d_(?:0c|1c|2b)_1x1\/weights/.test(name) ? 1 / 8 : 1;
}

/** RGB bytes, [size, size, 3]. */
export function picture(size: number): Uint8Array {
  const bytes = new Uint8Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++) for (let c = 0; c < 3; c++) bytes[at++] = x * (3 + c) + y * (5 - c) + ((x * y) >> 4);
  return bytes;
}
