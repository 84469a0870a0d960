// Pickles and the containers of torch.save, put together by hand.
import { crc32 } from "../../../src/crc.ts";

export type Bytes = readonly number[];

const little = (value: number, width: number): Bytes =>
  Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
const utf8 = (text: string): Bytes => [...Buffer.from(text)];

/** Operations by their names in Python's pickletools. */
export const op = {
  global: (module: string, name: string): Bytes => utf8(`c${module}\n${name}\n`),
  stackGlobal: (module: string, name: string): Bytes => [...op.shortText(module), ...op.shortText(name), 0x93],
  text: (text: string, length = utf8(text).length): Bytes => [0x58, ...little(length, 4), ...utf8(text)],
  shortText: (text: string): Bytes => [0x8c, utf8(text).length, ...utf8(text)],
  int: (value: number): Bytes => [0x4a, ...little(value, 4)],
  long: (value: bigint, width: number): Bytes => [
    0x8a,
    width,
    ...Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 255n)),
  ],
  tuple: (...items: Bytes[]): Bytes => [0x28, ...items.flat(), 0x74],
  list: (...items: Bytes[]): Bytes => [0x5d, 0x28, ...items.flat(), 0x65],
  dictionary: (...items: Bytes[]): Bytes => [0x7d, 0x28, ...items.flat(), 0x75],
  call: (called: Bytes, ...values: Bytes[]): Bytes => [...called, ...op.tuple(...values), 0x52],
  none: [0x4e],
  no: [0x89],
  yes: [0x88],
  stop: [0x2e],
} as const;

export const pickle = (value: Bytes): Bytes => [0x80, 2, ...value, ...op.stop];

export const storage = (key: string, count: number, type = "FloatStorage", ...more: Bytes[]): Bytes => [
  ...op.tuple(
    op.text("storage"),
    op.global("torch", type),
    op.text(key),
    op.text("cpu"),
    op.long(BigInt(count), 8),
    ...more,
  ),
  0x51,
];

export const tensor = (of: Bytes, offset: number, shape: readonly number[], strides: readonly number[]): Bytes =>
  op.call(
    op.global("torch._utils", "_rebuild_tensor_v2"),
    of,
    op.long(BigInt(offset), 8),
    op.tuple(...shape.map((size) => op.long(BigInt(size), 8))),
    op.tuple(...strides.map((stride) => op.long(BigInt(stride), 8))),
    op.no,
    op.dictionary(),
  );

/** A file of the older form: `value` is the pickle of the object. */
export function legacyFile(
  value: Bytes,
  storages: readonly (readonly [key: string, numbers: readonly number[]])[] = [],
) {
  const system = op.dictionary(op.text("little_endian"), op.yes);
  return Buffer.concat([
    Buffer.from(pickle(op.long(0x1950a86a20f9469cfc6cn, 10))),
    Buffer.from(pickle(op.int(1001))),
    Buffer.from(pickle(system)),
    Buffer.from(value),
    Buffer.from(pickle(op.list(...storages.map(([key]) => op.text(key))))),
    ...storages.map(([, numbers]) =>
      Buffer.from([...little(numbers.length, 8), ...new Uint8Array(Float32Array.from(numbers).buffer)]),
    ),
  ]);
}

/** A file of the zip form. */
export const zipFile = (value: Bytes, storages: readonly (readonly [key: string, numbers: readonly number[]])[] = []) =>
  zip([
    ["archive/data.pkl", Buffer.from(value)],
    ...storages.map(([key, numbers]): [string, Buffer] => [
      `archive/data/${key}`,
      Buffer.from(Float32Array.from(numbers).buffer),
    ]),
  ]);

/** A zip archive of stored files. */
export function zip(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of files) {
    const common = [0, 0, ...little(0, 2), ...little(0, 4), ...little(crc32(bytes), 4), ...little(bytes.length, 4)];
    const sizes = [...little(bytes.length, 4), ...little(utf8(name).length, 2), 0, 0];
    const local = Buffer.from([0x50, 0x4b, 3, 4, 20, 0, ...common, ...sizes, ...utf8(name)]);
    directory.push(
      Buffer.from([
        0x50,
        0x4b,
        1,
        2,
        20,
        0,
        20,
        0,
        ...common,
        ...sizes,
        ...Array(10).fill(0),
        ...little(at, 4),
        ...utf8(name),
      ]),
    );
    parts.push(local, bytes);
    at += local.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const counts = [...little(files.length, 2), ...little(files.length, 2)];
  const end = Buffer.from([0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...counts, ...little(size, 4), ...little(at, 4), 0, 0]);
  return Buffer.concat([...parts, ...directory, end]);
}
