// CIFAR's binary form, from made-up files of it.
import { appendFile, mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { preparePicture } from "../../../src/images/prepare.ts";
import { readPicture } from "../../../src/images/source-lost.ts";
import { openSource } from "../../../src/images/sources/source.ts";
import { folder, names, refusal, useScratch } from "./scratch.ts";

useScratch();

/** Byte `at` of plane `plane` of picture `n`. */
const byteOf = (n: number, plane: number, at: number): number => (31 * n + 101 * plane + 7 * at + (at >> 5)) % 256;
const planesOf = (n: number): Buffer =>
  Buffer.from(Array.from({ length: 3 * 1024 }, (_, i) => byteOf(n, Math.floor(i / 1024), i % 1024)));
const records = (labels: readonly (readonly number[])[], first = 0): Buffer =>
  Buffer.concat(labels.flatMap((own, i) => [Buffer.from(own), planesOf(first + i)]));

async function ten(): Promise<string> {
  const path = join(folder, "cifar-10-batches-bin");
  await mkdir(path);
  await writeFile(join(path, "batches.meta.txt"), "airplane\nautomobile\nbird\n\n");
  await writeFile(join(path, "data_batch_1.bin"), records([[2], [0]]));
  await writeFile(join(path, "data_batch_2.bin"), records([[1]], 2));
  await writeFile(join(path, "test_batch.bin"), records([[1], [2]], 3));
  await writeFile(join(path, "readme.html"), "<html>");
  return path;
}
async function hundred(): Promise<string> {
  const path = join(folder, "cifar-100-binary");
  await mkdir(path);
  await writeFile(join(path, "fine_label_names.txt"), "apple\naquarium_fish\nbaby\n");
  await writeFile(join(path, "coarse_label_names.txt"), "aquatic_mammals\nfish\n");
  await writeFile(
    join(path, "train.bin"),
    records([
      [1, 2],
      [0, 1],
    ]),
  );
  await writeFile(join(path, "test.bin"), records([[1, 1]], 7));
  return path;
}
const listed = async (path: string) => {
  const { classes, items } = await openSource(path, { leastClasses: 1 });
  return items.map(({ name, label }) => [name, classes[label]]);
};

describe("CIFAR", () => {
  test("10: the folder is what is to train on, a file what is in it, with names of batch and place", async () => {
    const path = await ten();
    expect(await listed(path)).toEqual([
      ["data_batch_1/00000", "bird"],
      ["data_batch_1/00001", "airplane"],
      ["data_batch_2/00000", "automobile"],
    ]);
    expect(await listed(join(path, "test_batch.bin"))).toEqual([
      ["test_batch/00000", "automobile"],
      ["test_batch/00001", "bird"],
    ]);
  });

  test("100: the fine label counts", async () => {
    const path = await hundred();
    expect(await listed(path)).toEqual([
      ["train/00000", "baby"],
      ["train/00001", "aquarium_fish"],
    ]);
    expect(await listed(join(path, "test.bin"))).toEqual([["test/00000", "aquarium_fish"]]);
  });

  test("planes become the pixels of each row, red, green and blue side by side", async () => {
    for (const [path, at, n] of [
      [await ten(), 2, 2],
      [await hundred(), 1, 1],
    ] as const) {
      const item = (await openSource(path)).items[at]!;
      expect(Buffer.from(await readPicture(item.source))).toEqual(planesOf(n));
      const pixels = await preparePicture(item, 32, {
        preset: "tf",
        choice: { fit: { name: "squash" } },
        jpegReduction: "auto",
      });
      const expected = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => byteOf(n, i % 3, Math.floor(i / 3)));
      expect(pixels).toEqual(expected);
    }
  });

  test("a byte that is changed in place is told by the content, not by names and sizes", async () => {
    const path = await ten();
    const before = await openSource(path);
    const batch = records([[2], [0]]);
    batch[5]! ^= 1;
    await writeFile(join(path, "data_batch_1.bin"), batch);
    const after = await openSource(path);
    expect(after.fingerprint).toBe(before.fingerprint);
    expect(after.content).not.toBe(before.content);
  });

  test("is refused cut off, too long, empty, with a label that has no name, without its classes", async () => {
    const path = await ten();
    const file = join(path, "data_batch_2.bin");
    await truncate(file, 3072);
    expect(await refusal(path)).toContain(
      "data_batch_2.bin: 3072 bytes, expected a whole number of records of 3073 bytes",
    );
    await appendFile(file, "12");
    expect(await refusal(path)).toContain("3074 bytes, expected");
    await truncate(file, 0);
    expect(await refusal(path)).toContain("0 bytes, expected");
    await writeFile(file, records([[0], [3]]));
    expect(await refusal(path)).toContain("data_batch_2/00001 has the label 3, expected 0 to 2");
    await writeFile(join(folder, "alone.bin"), records([[0]]));
    expect(await refusal(join(folder, "alone.bin"))).toContain(
      "alone.bin: expected batches.meta.txt or fine_label_names.txt beside it",
    );
    expect(names(await openSource(join(path, "test_batch.bin")))).toHaveLength(2);
  });
});
