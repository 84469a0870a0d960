// The two 16-bit floats of weights files, widened exactly and rounded to the nearest, ties to even. All by bits, so that NaN keeps its own.

export type HalfFormat = "F16" | "BF16";

/** float32 of each 16-bit number; a NaN keeps its payload. */
export function widen(halves: Uint16Array, format: HalfFormat): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = widened[format](halves[i]!);
  return new Float32Array(bits.buffer);
}

/** The nearest 16-bit number of each; beyond the largest, infinity; a NaN stays one. */
export function narrow(floats: Float32Array, format: HalfFormat): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i++) halves[i] = narrowed[format](bits[i]!);
  return halves;
}

const infinity = 0x7f800000;
/** What is left over of float32's 23 bits of fraction. */
const dropped = { F16: 13, BF16: 16 } as const;

const widened: Readonly<Record<HalfFormat, (half: number) => number>> = {
  BF16: (half) => half << 16,
  F16(half) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent === 31) return sign | infinity | (fraction << dropped.F16);
    if (exponent > 0) return sign | ((exponent + 127 - 15) << 23) | (fraction << dropped.F16);
    if (fraction === 0) return sign;
    // fraction * 2^-24, its leading bit made the hidden one.
    const lead = 31 - Math.clz32(fraction);
    return sign | ((lead + 127 - 24) << 23) | ((fraction << (23 - lead)) & 0x7fffff);
  },
};

const narrowed: Readonly<Record<HalfFormat, (bits: number) => number>> = {
  BF16(bits) {
    const magnitude = bits & 0x7fffffff;
    return (
      ((bits >>> 16) & 0x8000) | (magnitude > infinity ? nan(magnitude, "BF16") : rounded(magnitude, dropped.BF16))
    );
  },
  F16(bits) {
    const magnitude = bits & 0x7fffffff;
    return ((bits >>> 16) & 0x8000) | (magnitude > infinity ? nan(magnitude, "F16") : toHalf(magnitude));
  },
};

/** Of a number that is no NaN and has no sign. */
function toHalf(magnitude: number): number {
  const exponent = (magnitude >>> 23) - 127 + 15;
  // A carry out of the fraction goes into the exponent, and out of the largest to infinity.
  if (exponent >= 1) return Math.min(0x7c00, rounded(magnitude - ((127 - 15) << 23), dropped.F16));
  // Subnormal: as many more bits dropped as the exponent is too low; less than half of the least becomes zero.
  const more = 1 - exponent;
  return more > 11 ? 0 : rounded((magnitude & 0x7fffff) | 0x800000, dropped.F16 + more);
}

/** Without its last `count` bits, to the nearest, ties to even. */
function rounded(magnitude: number, count: number): number {
  const half = 2 ** (count - 1);
  const rest = magnitude & (2 ** count - 1);
  const kept = magnitude >>> count;
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}

/** The first bits of its payload; quiet where these would be none. */
function nan(magnitude: number, format: HalfFormat): number {
  const kept = (magnitude & 0x7fffff) >>> dropped[format];
  const width = 23 - dropped[format];
  return ((infinity >>> dropped[format]) & 0x7fff & ~(2 ** width - 1)) | (kept === 0 ? 2 ** (width - 1) : kept);
}
