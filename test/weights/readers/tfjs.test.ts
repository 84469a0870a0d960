// model.json of TensorFlow.js: the numbers that its own decodeWeights gives, and manifests made to mislead.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { io } from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, refusalOf, scratch } from "./support.ts";

const write = scratch();

type Weight = io.WeightsManifestEntry;
const widths: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

const quantizations = fc.oneof(
  fc.constant(undefined),
  fc.record({
    dtype: fc.constantFrom("uint8" as const, "uint16" as const),
    scale: fc.double({ min: 1e-6, max: 10, noNaN: true }),
    min: fc.double({ min: -100, max: 100, noNaN: true }),
  }),
);
const weights = fc
  .record({
    dtype: fc.constantFrom("float32" as const, "int32" as const, "bool" as const),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    quantization: quantizations,
  })
  .map(({ dtype, shape, quantization }) => ({
    dtype,
    shape,
    ...(quantization && dtype !== "bool" && { quantization }),
  }));

const bytesOf = ({ shape, dtype, quantization }: Omit<Weight, "name">): number =>
  shape.reduce((product, size) => product * size, 1) * widths[quantization?.dtype ?? dtype]!;

test("any manifest, in any number of files, as TensorFlow.js itself decodes it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(weights, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (drawn, files) => {
        const entries = drawn.map((weight, index) => ({ name: `layer_${index}/kernel`, ...weight }) as Weight);
        const total = entries.reduce((sum, weight) => sum + bytesOf(weight), 0);
        // Bytes that are small float32 numbers, and truth values, too.
        const bytes = Uint8Array.from({ length: total }, (_, i) => (i * 7 + 1) % 60);
        const paths = Array.from({ length: files }, (_, index) => `group1-shard${index + 1}of${files}.bin`);
        for (const [index, path] of paths.entries()) {
          write(path, bytes.subarray(Math.floor((total * index) / files), Math.floor((total * (index + 1)) / files)));
        }
        const file = write(
          "model.json",
          JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights: entries }] }),
        );
        const { format, tensors } = await readForeign(file);
        expect(format).toBe("tfjs");
        const oracle = io.decodeWeights(bytes.buffer, entries);
        expect([...tensors.keys()]).toEqual(Object.keys(oracle));
        for (const [name, { shape, data }] of tensors) {
          expect(shape).toEqual(oracle[name]!.shape);
          expect([...data]).toEqual([...oracle[name]!.dataSync()].map((value) => Math.fround(Number(value))));
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

const model = (manifest: unknown): string => JSON.stringify({ format: "graph-model", weightsManifest: manifest });
const kernel = { name: "conv/kernel", shape: [2], dtype: "float32" };

test("halves, and text that lies between numbers", async () => {
  const halves = [0x00, 0x3c, 0x00, 0xc0];
  const texts = [2, 0, 0, 0, 65, 66, 0, 0, 0, 0];
  write("w.bin", Uint8Array.from([...texts, ...halves]));
  const file = write(
    "model.json",
    model([
      {
        paths: ["w.bin"],
        weights: [
          { name: "vocabulary", shape: [2], dtype: "string" },
          { ...kernel, quantization: { dtype: "float16", original_dtype: "float32" } },
        ],
      },
    ]),
  );
  expect(contents(await readForeign(dirname(file)))).toEqual({ "conv/kernel": [[2], [1, -2]] });
});

test.each<[string, unknown, string]>([
  ["a path above the folder", [{ paths: ["../w.bin"], weights: [kernel] }], '"../w.bin", which is not in its folder'],
  ["a path above in the middle", [{ paths: ["a/../../w.bin"], weights: [kernel] }], "which is not in its folder"],
  ["an absolute path", [{ paths: ["/etc/passwd"], weights: [kernel] }], '"/etc/passwd", which is not in its folder'],
  ["an address", [{ paths: ["file:///etc/passwd"], weights: [kernel] }], "which is not in its folder"],
  ["a path of another system", [{ paths: ["..\\w.bin"], weights: [kernel] }], "which is not in its folder"],
  ["too few bytes", [{ paths: ["w.bin"], weights: [{ ...kernel, shape: [3] }] }], "takes 12 bytes, 8 are left"],
  [
    "too many bytes",
    [{ paths: ["w.bin"], weights: [{ ...kernel, shape: [1] }] }],
    "its weights take 4 bytes, 8 are in w.bin",
  ],
  [
    "a shape beyond memory",
    [{ paths: ["w.bin"], weights: [{ ...kernel, shape: [1e9, 1e9] }] }],
    "expected at most 536870912",
  ],
  ["a negative size", [{ paths: ["w.bin"], weights: [{ ...kernel, shape: [-2] }] }], "0.weights.0.shape.0: "],
  [
    "numbers of an unknown type",
    [{ paths: ["w.bin"], weights: [{ ...kernel, dtype: "complex64" }] }],
    "weights.0.dtype: ",
  ],
  [
    "a scale that is none",
    [{ paths: ["w.bin"], weights: [{ ...kernel, quantization: { dtype: "uint8" } }] }],
    "quantization",
  ],
  ["a name twice", [{ paths: ["w.bin", "w.bin"], weights: [kernel, kernel] }], 'tensor "conv/kernel" stands twice'],
  [
    "the name __proto__",
    [{ paths: ["w.bin"], weights: [{ ...kernel, name: "__proto__" }] }],
    '"__proto__" is not allowed',
  ],
  ["text that does not end", [{ paths: ["w.bin"], weights: [{ ...kernel, dtype: "string", shape: [9] }] }], "texts"],
  ["no weights", [], "the model has no weights"],
  ["no manifest", undefined, "it is no model.json of TensorFlow.js: weightsManifest: "],
])("%s is refused", async (_, manifest, problem) => {
  write("w.bin", Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0]));
  const file = write("model.json", model(manifest));
  expect(await refusalOf(file, readForeign(file))).toContain(problem);
});

test("files that are not there, JSON that is none, a key that stands twice", async () => {
  const file = write("model.json", model([{ paths: ["none.bin"], weights: [kernel] }]));
  const missing = join(dirname(file), "none.bin");
  expect(await refusalOf(missing, readForeign(file))).toBe(": there is no such file");
  mkdirSync(join(dirname(file), "folder.bin"));
  const folder = write("model.json", model([{ paths: ["folder.bin"], weights: [kernel] }]));
  await refusalOf(join(dirname(file), "folder.bin"), readForeign(folder));
  const cut = write("model.json", '{"weightsManifest": [');
  expect(await refusalOf(cut, readForeign(cut))).toContain("it is no sound JSON (");
  const twice = write("model.json", '{"weightsManifest": [], "weightsManifest": []}');
  expect(await refusalOf(twice, readForeign(twice))).toContain('the key "weightsManifest" stands twice');
});
