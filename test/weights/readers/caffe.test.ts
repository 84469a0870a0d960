// .caffemodel: both generations of layers, both forms of shapes, and what is refused.
import { expect, test } from "vitest";
import { withSource } from "../../../src/weights/readers/byte-source.ts";
import { readCaffe } from "../../../src/weights/readers/caffe.ts";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, refusalOf, scratch } from "./support.ts";

const write = scratch();

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const int = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: Iterable<number>): number[] => {
  const all = [...content];
  return [...varint(field * 8 + 2), ...varint(all.length), ...all];
};
const text = (field: number, value: string): number[] => bytes(field, Buffer.from(value));
const floats = (...numbers: number[]): Buffer => Buffer.from(Float32Array.from(numbers).buffer);
const doubles = (...numbers: number[]): Buffer => Buffer.from(Float64Array.from(numbers).buffer);
const shape = (...sizes: number[]): number[] =>
  bytes(
    7,
    bytes(
      1,
      sizes.flatMap((size) => varint(size)),
    ),
  );
const legacyShape = (...sizes: number[]): number[] => sizes.flatMap((size, index) => int(index + 1, size));

const weights = [...shape(2, 3), ...bytes(5, floats(1, 2, 3, 4, 5, 6))];
const biases = [...shape(2), ...bytes(8, doubles(0.5, -0.25))];
const layer = [...text(1, "conv1/7x7"), ...text(2, "Convolution"), ...bytes(7, weights), ...bytes(7, biases)];
const input = [...text(1, "data"), ...text(2, "Input")];
const layerV1 = [
  ...text(3, "top"),
  ...text(4, "fc"),
  ...int(5, 14),
  ...bytes(6, [...legacyShape(1, 1, 2, 2), ...bytes(5, floats(1, 2)), ...bytes(5, floats(3, 4))]),
];
const net = [...text(1, "net"), ...int(5, 1), ...bytes(100, input), ...bytes(100, layer)];

test("layers of the second generation, shapes of any length, doubles", async () => {
  expect(contents(await readForeign(write("v2.caffemodel", Uint8Array.from(net))))).toEqual({
    "conv1/7x7/0": [
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    "conv1/7x7/1": [[2], [0.5, -0.25]],
  });
});

test("layers of the first generation, four dimensions, numbers in two pieces", async () => {
  const { format, tensors } = await readForeign(write("v1.caffemodel", Uint8Array.from(bytes(2, layerV1))));
  expect(format).toBe("caffe");
  expect([...tensors]).toEqual([["fc/0", { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }]]);
});

test.each([
  [
    "too few numbers",
    [...shape(2, 4), ...bytes(5, floats(1, 2))],
    'tensor "a/0" of shape [2,4] takes 8 numbers, got 2',
  ],
  ["half a number", [...shape(1), ...bytes(5, [1, 2, 3])], 'tensor "a/0" has 3 bytes, expected a multiple of 4'],
  ["no numbers", shape(3), 'tensor "a/0" of shape [3] takes 3 numbers, got 0'],
  ["a shape beyond memory", shape(2 ** 20, 2 ** 20), 'tensor "a/0" has the shape [1048576,1048576]'],
])("%s", async (_, blob, problem) => {
  const file = write("wrong.caffemodel", Uint8Array.from(bytes(100, [...text(1, "a"), ...bytes(7, blob)])));
  expect(await refusalOf(file, readForeign(file))).toContain(problem);
});

test.each([
  ["a name twice", [...net, ...bytes(100, layer)], 'tensor "conv1/7x7/0" stands twice'],
  ["no weights", bytes(100, input), "no layer of this .caffemodel has weights"],
  ["a layer cut off", net.slice(0, -5), "expected 83 more at byte 26: it is damaged or cut off"],
  ["a field cut off", [...net, 0x0a, 5, 65], "it ends at byte 112, expected at least 116 bytes"],
  ["a field that is none", [...net, 7], "byte 109 begins no field of a .caffemodel (invalid wire type 7 at offset 1)"],
  ["a layer that is none", bytes(100, [0x0a, 200]), "the layer at byte 3 is damaged (index out of range"],
])("%s", async (_, content, problem) => {
  const file = write("damaged.caffemodel", Uint8Array.from(content));
  expect(await refusalOf(file, withSource(file, readCaffe))).toContain(problem);
});
