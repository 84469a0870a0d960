// TensorFlow's checkpoints, as TensorFlow wrote them (fixtures/weights/tensorflow_files.py), by each path that leads to them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, fixture, refusalOf, scratch } from "./support.ts";

const write = scratch();

const sixteenths = (k: number, count: number): number[] => Array.from({ length: count }, (_, i) => k + i / 16);
const variables = {
  "InceptionV3/Conv2d_1a_3x3/weights": [[3, 3, 3, 2], sixteenths(0, 54)],
  "InceptionV3/Conv2d_1a_3x3/BatchNorm/beta": [[2], sixteenths(1, 2)],
  "InceptionV3/double": [[2], [Math.fround(0.1), -2]],
  "InceptionV3/half": [[2], [0.5, -2]],
  global_step: [[], [70000]],
};

test.each([
  "tensorflow-v1",
  "tensorflow-v1/model.ckpt-70000",
  "tensorflow-v2",
  "tensorflow-v2/model.ckpt-70000",
  "tensorflow-v2/model.ckpt-70000.index",
  "tensorflow-v2/model.ckpt-70000.data-00000-of-00001",
])("%s", async (path) => {
  const file = await readForeign(fixture(path));
  expect(file.format).toBe("tensorflow");
  expect(contents(file)).toEqual(variables);
});

test.each(["tensorflow-saved-model", "tensorflow-saved-model/variables"])(
  "%s: variables by their names, not by their keys",
  async (path) => {
    expect(contents(await readForeign(fixture(path)))).toEqual({
      "InceptionV1/Logits/weights": [[2, 3], sixteenths(2, 6)],
      "InceptionV1/Logits/biases": [[3], sixteenths(3, 3)],
    });
  },
);

/** A copy of the second form's fixture, one of its files changed. */
function changed(ending: string, change: (bytes: Buffer) => Uint8Array): string {
  const folder = join(dirname(write("place", "")), "copy");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  cpSync(fixture("tensorflow-v2"), folder, { recursive: true });
  const file = join(folder, `model.ckpt-70000.${ending}`);
  writeFileSync(file, change(readFileSync(file)));
  return file;
}

test("a changed bit of the numbers, or of the index, is found", async () => {
  const data = changed("data-00000-of-00001", (bytes) => bytes.map((byte, at) => (at === 9 ? byte ^ 4 : byte)));
  expect(await refusalOf(data, readForeign(data))).toMatch(
    /^: tensor "InceptionV3\/[^"]+" is damaged: its bytes do not match their check \(CRC-32C\)$/,
  );
  const index = changed("index", (bytes) => bytes.map((byte, at) => (at === 30 ? byte ^ 4 : byte)));
  expect(await refusalOf(index, readForeign(index))).toBe(
    ": it is damaged: its block at byte 0 does not match its check (CRC-32C)",
  );
});

test("data files that are cut off or not there", async () => {
  const data = changed("data-00000-of-00001", (bytes) => bytes.subarray(0, 100));
  expect(await refusalOf(data, readForeign(data))).toMatch(/^: it has 100 bytes, expected \d+ more at byte \d+/);
  rmSync(data);
  expect(await refusalOf(data, readForeign(dirname(data)))).toBe(": there is no such file");
});

test("a folder without a checkpoint", async () => {
  const folder = join(import.meta.dirname);
  expect(await refusalOf(folder, readForeign(folder))).toBe(
    ": it is a folder with 0 files .index, expected one, or a saved_model.pb or model.json",
  );
});
