// .pth: files that torch.save wrote, in both forms, give PyTorch's numbers; see fixtures/weights/torch.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, fixture, refusalOf, scratch, singles } from "./support.ts";

const write = scratch();

const eighths = Array.from({ length: 24 }, (_, index) => index / 8);
const state = {
  "conv.weight": [[2, 3, 4], eighths],
  "conv.transposed": [[4, 2, 3], [0, 1, 2, 3].flatMap((k) => [0, 4, 8, 12, 16, 20].map((ij) => (ij + k) / 8))],
  "conv.slice": [[2, 4], eighths.slice(16)],
  "bn.weight": [[3], [0.5, -1.5, 65504]],
  "bn.bias": [[3], [1, -2, 0.15625]],
  "bn.double": [[1, 2], singles(1 / 3, -0.1)],
  "bn.num_batches_tracked": [[], [12345]],
  mask: [[2], [1, 0]],
  bytes: [[2], [0, 200]],
  "fc.param": [
    [2, 2],
    [1, 2, 3, 4],
  ],
};

test.each(["torch-zip.pth", "torch-protocol4.pth", "torch-legacy.pth"])("%s", async (name) => {
  const file = await readForeign(fixture(name));
  expect(file.format).toBe("pytorch");
  expect(contents(file)).toEqual(state);
});

test("a training's checkpoint: its averaged weights", async () => {
  expect(contents(await readForeign(fixture("torch-training.pth")))).toEqual({ a: [[1], [2]] });
});

test("numbers that have no storage type of their own", async () => {
  expect(contents(await readForeign(fixture("torch-untyped.pth")))).toEqual({ u16: [[2], [1, 60000]] });
});

test.each(["torch-zip.pth", "torch-legacy.pth"])("%s cut off anywhere is refused", async (name) => {
  const whole = readFileSync(fixture(name));
  for (let length = 0; length < whole.length; length += 61) {
    const file = write(`cut-${name}`, whole.subarray(0, length));
    await refusalOf(file, readForeign(file));
  }
});

test("bytes after the last storage, and a damaged one, are refused", async () => {
  const long = write("long.pth", Buffer.concat([readFileSync(fixture("torch-legacy.pth")), Buffer.from("x")]));
  expect(await refusalOf(long, readForeign(long))).toBe(": it has 1682 bytes, expected 1681: it is damaged or cut off");
  const bytes = readFileSync(fixture("torch-zip.pth"));
  const at = bytes.indexOf(Buffer.from(Float32Array.of(2.5, 2.625).buffer));
  bytes[at]! ^= 1;
  const damaged = write("damaged.pth", bytes);
  expect(await refusalOf(damaged, readForeign(damaged))).toBe(
    ': "torch-zip/data/0" in it is damaged: its bytes do not match their check (CRC-32)',
  );
});
