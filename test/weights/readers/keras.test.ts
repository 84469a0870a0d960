// Keras' files: what Keras 2 and 3 wrote of one model (fixtures/weights/keras_files.py), and HDF5 files made to mislead.
import { File, FS, ready } from "h5wasm";
import { beforeAll, expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, refusalOf, scratch, unpacked } from "./support.ts";

const write = scratch();

/** Layer, shape, and Keras' names of its variables in order; the k-th of all variables holds k, k + 1/16, k + 2/16, ... */
const variables: readonly (readonly [layer: string, shape: readonly number[], name: string])[] = [
  ["stem", [3, 3, 3, 2], "kernel"],
  ["stem_norm", [2], "beta"],
  ["stem_norm", [2], "moving_mean"],
  ["stem_norm", [2], "moving_variance"],
  ["project", [1, 1, 2, 2], "kernel"],
  ["project", [2], "bias"],
  ["inner/inner_conv", [1, 1, 2, 1], "kernel"],
  ["inner/inner_conv", [1], "bias"],
  ["head", [16, 2], "kernel"],
  ["head", [2], "bias"],
];

const model = (nameOf: (layer: string, name: string, index: number) => string) =>
  Object.fromEntries(
    variables.map(([layer, shape, name], k) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const index = k - variables.findIndex(([other]) => other === layer);
      return [nameOf(layer, name, index), [shape, Array.from({ length: count }, (_, i) => k + i / 16)]];
    }),
  );

test.each([
  ["keras2.h5", model((layer, name) => `${layer}/${name}:0`)],
  ["keras3.h5", model((layer, name) => `${layer}/${name}`)],
  ["keras2.keras", model((layer, _, index) => `${layer}/vars/${index}`)],
  ["keras3.keras", model((layer, _, index) => `${layer}/vars/${index}`)],
  ["keras3.weights.h5", model((layer, _, index) => `${layer}/vars/${index}`)],
])("%s", async (name, expected) => {
  const file = await readForeign(write(name, unpacked(name)));
  expect(file.format).toBe("keras");
  expect(contents(file)).toEqual(expected);
});

/** The bytes of an HDF5 file made by hand. */
function hdf5(fill: (file: File) => void): Uint8Array {
  const file = new File("/made.h5", "w");
  fill(file);
  file.close();
  return FS!.readFile("/made.h5");
}

beforeAll(() => ready);

test("numbers of other types, and variables without a layer's name", async () => {
  const bytes = hdf5((file) => {
    const group = file.create_group("layers").create_group("dense").create_group("vars");
    group.create_dataset({ name: "0", data: [0.1, -2], dtype: "<d" });
    group.create_dataset({ name: "1", data: [1, 200], dtype: "<B" });
    group.create_dataset({ name: "2", data: Array(1000).fill(0), dtype: "<f", chunks: [500], compression: 9 });
  });
  expect(contents(await readForeign(write("types.h5", bytes)))).toEqual({
    "layers/dense/vars/0": [[2], [Math.fround(0.1), -2]],
    "layers/dense/vars/1": [[2], [1, 200]],
    "layers/dense/vars/2": [[1000], Array(1000).fill(0)],
  });
});

const listing = (file: File, weights: string[]) => {
  file.create_attribute("layer_names", ["conv"]);
  const conv = file.create_group("conv");
  conv.create_attribute("weight_names", weights);
  return conv;
};

test.each<[string, (file: File) => void, string]>([
  [
    "an external link",
    (file) => file.create_external_link("/etc/passwd", "/x", "layers"),
    '"/layers" in it is a link to another file',
  ],
  [
    "a link to a link to another file",
    (file) => {
      const conv = listing(file, ["kernel/0"]);
      conv.create_external_link("/weights.h5", "/conv", "other");
      conv.create_soft_link("/conv/other/other", "kernel");
    },
    'it has no tensor "/conv/kernel/0"',
  ],
  [
    "a link to nothing",
    (file) => listing(file, ["kernel:0"]).create_soft_link("/conv/other", "kernel:0"),
    'it has no tensor "/conv/kernel:0"',
  ],
  ["a weight that is not there", (file) => listing(file, ["kernel:0"]), 'it has no tensor "/conv/kernel:0"'],
  [
    "a layer that is not there",
    (file) => file.create_attribute("layer_names", ["conv"]),
    'its layer "conv" lacks the list',
  ],
  [
    "text for numbers",
    (file) => listing(file, ["kernel:0"]).create_dataset({ name: "kernel:0", data: ["a", "b"] }),
    'tensor "/conv/kernel:0" does not hold numbers of a known type',
  ],
  [
    "a variable left out",
    (file) => file.create_group("vars").create_dataset({ name: "1", data: [1], dtype: "<f" }),
    'tensor "vars/0" is missing',
  ],
  ["no weights", (file) => file.create_group("vars"), "it holds no weights of a Keras model"],
])("%s is refused", async (_, fill, problem) => {
  const file = write("made.h5", hdf5(fill));
  expect(await refusalOf(file, readForeign(file))).toContain(problem);
});

test("numbers most significant byte first are refused", async () => {
  const bytes = unpacked("keras2.h5");
  // HDF5's float32 as a datatype message: the lowest bit of its second byte is the order.
  const at = bytes.indexOf(Buffer.from("11201f000400000000002000170800177f000000", "hex"));
  bytes[at + 1]! |= 1;
  const file = write("order.h5", bytes);
  expect(await refusalOf(file, readForeign(file))).toMatch(/: tensor "[^"]+" does not hold numbers of a known type$/);
});

test("numbers that were never written are refused, not taken for zeros", async () => {
  const bytes = unpacked("keras2.h5");
  const kernel = Buffer.from(Float32Array.from({ length: 54 }, (_, i) => i / 16).buffer);
  const place = Buffer.alloc(16);
  place.writeBigUInt64LE(BigInt(bytes.indexOf(kernel)));
  place.writeBigUInt64LE(BigInt(kernel.length), 8);
  // Where its numbers are, and how many bytes: nowhere is written as ones.
  const at = bytes.indexOf(place);
  bytes.fill(0xff, at, at + 8);
  // So many zeros in a row stand elsewhere in a file as small as this.
  for (
    let run = bytes.indexOf(Buffer.alloc(kernel.length));
    run >= 0;
    run = bytes.indexOf(Buffer.alloc(kernel.length))
  ) {
    bytes[run + kernel.length - 1] = 1;
  }
  const file = write("unwritten.h5", bytes);
  expect(await refusalOf(file, readForeign(file))).toBe(': tensor "/stem/stem/kernel:0" has no numbers in this file');
});

test("a file cut off, and a damaged archive, are refused with what the library says", async () => {
  const cut = write("cut.h5", unpacked("keras2.h5").subarray(0, 20_000));
  expect(await refusalOf(cut, readForeign(cut))).toBe(
    ": it is no sound HDF5 file (truncated file: eof = 20000, sblock->base_addr = 0, stored_eof = 25128)",
  );
  const bytes = unpacked("keras3.keras");
  bytes[bytes.length / 2]! ^= 1;
  const damaged = write("damaged.keras", bytes);
  expect(await refusalOf(damaged, readForeign(damaged))).toContain('"model.weights.h5" in it is damaged');
});
