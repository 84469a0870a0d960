// Half-width floats: every number of both formats, and the nearest one of any float32.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HalfFormat, narrow, widen } from "../../src/checkpoint/half-floats.ts";
import { decode, encode } from "../../src/checkpoint/safetensors.ts";

const every = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
const formats = ["F16", "BF16"] as const satisfies HalfFormat[];
const exponentBits = { F16: 5, BF16: 8 } as const;

/** From the definition of the format. */
function numberOf(half: number, format: HalfFormat): number {
  const bits = exponentBits[format];
  const fractionBits = 15 - bits;
  const bias = 2 ** (bits - 1) - 1;
  const exponent = (half >> fractionBits) & (2 ** bits - 1);
  const fraction = half & (2 ** fractionBits - 1);
  const sign = half >= 2 ** 15 ? -1 : 1;
  if (exponent === 2 ** bits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

describe.each(formats)("%s", (format) => {
  test("each of the 65,536 is widened to what it stands for, signs of zero and NaN included", () => {
    const wide = widen(every, format);
    const wrong = [...every].filter((half) => !Object.is(wide[half], numberOf(half, format)));
    expect(wrong).toEqual([]);
    const negative = new Uint32Array(wide.buffer).map((bits) => bits >>> 31);
    expect(negative.every((sign, half) => sign === half >>> 15)).toBe(true);
  });

  test("each comes back to the bit, also through a file", () => {
    expect(narrow(widen(every, format), format)).toEqual(every);
    const bytes = encode(new Map([["x", { shape: [2 ** 16], data: widen(every, format), stored: format }]]));
    const { tensors } = decode(bytes, "file");
    expect(tensors.get("x")).toMatchObject({ shape: [2 ** 16], stored: format });
    expect(encode(tensors)).toEqual(bytes);
    expect(new Uint16Array(bytes.slice(-(2 ** 17)).buffer)).toEqual(every);
  });

  const finite = [...every.subarray(0, 2 ** 15)].filter((half) => Number.isFinite(numberOf(half, format)));
  const ordered = finite.map((half) => numberOf(half, format));
  const largest = ordered.at(-1)!;
  /** Where rounding up from the largest begins: half a step beyond it. */
  const beyond = largest + (largest - ordered.at(-2)!) / 2;

  test("any float32 goes to the nearest, ties to the even one, beyond the largest to infinity", () => {
    const bits = fc.oneof(fc.nat(0x7f800000), fc.nat(ordered.length - 2).map(halfway));
    fc.assert(
      fc.property(bits, fc.boolean(), (magnitude, negative) => {
        const [value] = new Float32Array(Uint32Array.of(magnitude).buffer);
        const signed = negative ? -value! : value!;
        const [found] = narrow(Float32Array.of(signed), format);
        expect(found).toBe(nearest(value!) + (negative ? 2 ** 15 : 0));
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  test("a NaN stays one, whatever its payload", () => {
    const bits = Uint32Array.of(0x7f800001, 0x7fc00000, 0xff800001, 0xffffffff);
    const found = narrow(new Float32Array(bits.buffer), format);
    expect([...found].map((half) => numberOf(half, format))).toEqual(Array(4).fill(Number.NaN));
    expect([...found].map((half) => half >>> 15)).toEqual([0, 0, 1, 1]);
  });

  function halfway(index: number): number {
    const [bits] = new Uint32Array(Float32Array.of((ordered[index]! + ordered[index + 1]!) / 2).buffer);
    return bits!;
  }

  /** By search through all of them. */
  function nearest(value: number): number {
    if (value >= beyond) return finite.length;
    let [low, high] = [0, ordered.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ordered[middle]! <= value) low = middle;
      else high = middle;
    }
    const [down, up] = [value - ordered[low]!, ordered[high]! - value];
    if (down === up) return low % 2 === 0 ? low : high;
    return down < up ? low : high;
  }
});

test("halves lie behind wider tensors, and only float32 values are stored so", () => {
  const bytes = encode(
    new Map([
      ["a", { shape: [3], data: Float32Array.of(1, -2, 0.5), stored: "F16" as const }],
      ["b", { shape: [], data: Float32Array.of(3) }],
    ]),
  );
  expect(Buffer.from(bytes).toString("latin1")).toContain('"a":{"dtype":"F16","shape":[3],"data_offsets":[4,10]}');
  expect(decode(bytes, "file").tensors.get("a")!.data).toEqual(Float32Array.of(1, -2, 0.5));
  const integers = { shape: [1], data: Int32Array.of(1), stored: "BF16" as const };
  expect(() => encode(new Map([["n", integers]]))).toThrow("tensor n cannot be stored as BF16");
});
