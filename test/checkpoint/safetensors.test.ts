// safetensors: what goes in comes out, the same bytes each time, and nothing malformed is taken.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode, type Tensor } from "../../src/checkpoint/safetensors.ts";
import { UserError } from "../../src/errors.ts";

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const tensors: fc.Arbitrary<Tensor> = shapes.chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  const exactly = { minLength: length, maxLength: length };
  return fc
    .oneof(fc.float32Array(exactly), fc.float64Array(exactly), fc.int32Array(exactly), fc.bigInt64Array(exactly))
    .map((data) => ({ shape, data }) as Tensor);
});
const names = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("12", "a/b", 'quo"te', "back\\slash", "toString"))
  .filter((name) => !["__metadata__", "__proto__", "constructor", "prototype"].includes(name));
const files = fc.uniqueArray(fc.tuple(names, tensors), { maxLength: 8, selector: ([name]) => name });

test("round trip of any tensors, whatever their order", () => {
  fc.assert(
    fc.property(files, (entries) => {
      const bytes = encode(new Map(entries), { source: "test", a: "b" });
      const { tensors: back, metadata } = decode(bytes, "file");
      expect([...back].sort()).toEqual([...entries].sort());
      expect(Object.fromEntries(metadata)).toEqual({ source: "test", a: "b" });
      expect(encode(new Map(entries.toReversed()), { a: "b", source: "test" })).toEqual(bytes);
      const shifted = new Uint8Array(bytes.length + 3);
      shifted.set(bytes, 3);
      expect(decode(shifted.subarray(3), "file").tensors).toEqual(back);
    }),
  );
});

test("every bit of a float survives", () => {
  const bits = Int32Array.of(0x7fc00001, -1, 0x7f800000, 1, -(2 ** 31));
  const { tensors: back } = decode(
    encode(new Map([["x", { shape: [5], data: new Float32Array(bits.buffer) }]])),
    "file",
  );
  const { buffer, byteOffset } = back.get("x")!.data;
  expect(new Int32Array(buffer, byteOffset, 5)).toEqual(bits);
});

test("every bit of a double survives, beside narrower tensors", () => {
  const bits = BigInt64Array.of(0x7ff8000000000001n, -1n, 0x7ff0000000000000n, 1n, -(2n ** 63n), 0x3fb999999999999an);
  const double = new Float64Array(bits.buffer);
  const bytes = encode(
    new Map<string, Tensor>([
      ["a", { shape: [3], data: Float32Array.of(1, 2, 3) }],
      ["x", { shape: [2, 3], data: double }],
    ]),
  );
  expect(Buffer.from(bytes).toString("latin1")).toContain('"x":{"dtype":"F64","shape":[2,3],"data_offsets":[0,48]}');
  const { data } = decode(bytes, "file").tensors.get("x")!;
  expect(data).toBeInstanceOf(Float64Array);
  expect(new BigInt64Array(data.buffer, data.byteOffset, data.length)).toEqual(bits);
});

test("300 mutated files: refused with the file's name, or another value in a tensor of the same name, type and shape", () => {
  const original = new Map<string, Tensor>([
    ["conv/weights", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["step", { shape: [], data: Int32Array.of(7) }],
    ["count", { shape: [2], data: BigInt64Array.of(8n, 9n) }],
  ]);
  const bytes = encode(original);
  const dataStart = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  let refused = 0;
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, cut) => {
      const mutated = cut ? bytes.slice(0, at) : bytes.map((byte, index) => (index === at ? byte ^ mask : byte));
      try {
        const { tensors: back } = decode(mutated, "weights.safetensors");
        expect(cut).toBe(false);
        if (at >= dataStart) expect([...back.keys()].sort()).toEqual([...original.keys()].sort());
        else expect(back).not.toEqual(original);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).reason).toBe("checkpoint");
        expect((error as UserError).message).toMatch(/^weights\.safetensors /);
        refused += 1;
      }
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(refused).toBeGreaterThan(150);
});

const file = (header: string, dataBytes = 0, claimed?: bigint): Uint8Array => {
  const json = Buffer.from(header);
  const bytes = Buffer.alloc(8 + json.length + dataBytes);
  bytes.writeBigUInt64LE(claimed ?? BigInt(json.length));
  json.copy(bytes, 8);
  return bytes;
};
const f32 = (begin: number, end: number, shape = [1]) =>
  `{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${begin},${end}]}`;

test.each<[string, Uint8Array, RegExp]>([
  ["empty", new Uint8Array(0), /at least 8 bytes, got 0/],
  ["header longer than the file", file("{}", 0, 3n), /claims 3 bytes, expected at most 2/],
  ["header of 2^63 bytes", file("{}", 0, 2n ** 63n), /claims 9223372036854775808 bytes/],
  ["no object", file("[]"), /does not start with/],
  ["not UTF-8", Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x7d), /not sound JSON/],
  ["cut JSON", file('{"a":'), /not sound JSON/],
  ["a name twice", file(`{"a":${f32(0, 4)},"a":${f32(0, 4)}}`, 4), /"a" stands twice/],
  ["a name twice, escaped", file(`{"a":${f32(0, 4)},"\\u0061":${f32(0, 4)}}`, 4), /"a" stands twice/],
  ["__proto__ as a name", file(`{"__proto__":${f32(0, 4)}}`, 4), /"__proto__" is not allowed/],
  ["__proto__ in the metadata", file('{"__metadata__":{"__proto__":"x"}}'), /"__proto__" is not allowed/],
  ["constructor as a name", file(`{"constructor":${f32(0, 4)}}`, 4), /"constructor" is not allowed/],
  ["metadata that is no text", file('{"__metadata__":{"a":1}}'), /metadata/],
  ["an unknown type", file('{"a":{"dtype":"F8","shape":[],"data_offsets":[0,1]}}', 1), /tensor "a": dtype/],
  ["an unknown field", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4), /tensor "a"/],
  ["overlap", file(`{"a":${f32(0, 4)},"b":${f32(0, 4)}}`, 4), /"b" starts at byte 0, expected 4/],
  ["a gap", file(`{"a":${f32(0, 4)},"b":${f32(8, 12)}}`, 12), /"b" starts at byte 8, expected 4/],
  ["outside", file(`{"a":${f32(0, 8, [2])}}`, 4), /take 8 bytes, got 4/],
  ["bytes left over", file(`{"a":${f32(0, 4)}}`, 5), /take 4 bytes, got 5/],
  ["backwards", file(`{"a":${f32(0, -4)}}`, 4), /tensor "a"/],
  ["shape and bytes disagree", file(`{"a":${f32(0, 8, [3])}}`, 8), /shape \[3\] takes 12 bytes, got 8/],
  ["a shape beyond counting", file(`{"a":${f32(0, 4, [2 ** 40, 2 ** 40])}}`, 4), /takes/],
  ["a fraction of an element", file(`{"a":${f32(0, 4, [1.5])}}`, 4), /tensor "a": shape/],
])("%s", (_, bytes, message) => {
  expect(() => decode(bytes, "weights.safetensors")).toThrow(message);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
