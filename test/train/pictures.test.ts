// Features in the place of pictures: one that was left out never comes into a batch, and what stands for it is the same when taken up again.
import { expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import type { Batch } from "../../src/images/batches.ts";
import type { Features } from "../../src/train/features.ts";
import { featurePictures, requireFewBad } from "../../src/train/pictures.ts";

const experiment = experimentSchema.parse({ data: { train: "x" }, train: { batch: 2 } });
const listing = (count: number) => ({
  path: "set",
  classes: ["a", "b"],
  items: Array.from({ length: count }, (_, i) => ({ name: `p${i}`, label: i % 2, source: { file: `p${i}` } })),
  fingerprint: "",
  warnings: [],
});
const sets = { train: listing(8), validation: listing(2) };
const features = (labels: number[]): Features => ({
  rowBytes: 1,
  labels: Int32Array.from(labels),
  read: (rows, target) => target.set(rows),
  close() {},
});
const labelsOf = (bad: readonly number[]) =>
  [0, 1].flatMap(() => sets.train.items.map(({ label }, i) => (bad.includes(i) ? -1 : label)));
async function batches(bad: readonly number[], start = 0): Promise<Batch[]> {
  const of = { train: features(labelsOf(bad)), validation: features([0, 1]) };
  const pictures = featurePictures({ experiment, sets, evaluator: { batch: 2 } }, { views: 2 }, of);
  const all: Batch[] = [];
  for await (const batch of pictures.training(start, 16, () => expect.fail("bad ones have been told"))) all.push(batch);
  return all;
}

test("another of the epoch stands for each that was left out; the others are as they were", async () => {
  const [whole, left] = [await batches([]), await batches([3, 6])];
  for (const [b, { names, labels, images }] of left.entries())
    for (const [i, name] of names.entries()) {
      expect(["p3", "p6"]).not.toContain(name);
      expect(labels[i]).toBe(Number(name.slice(1)) % 2);
      expect(images[i]! % 8).toBe(Number(name.slice(1)));
      if (!["p3", "p6"].includes(whole[b]!.names[i]!)) expect(name).toBe(whole[b]!.names[i]);
    }
  for (const start of [1, 7, 10]) expect(await batches([3, 6], start)).toEqual(left.slice(start));
  await expect(batches([0, 1, 2, 3, 4, 5, 6, 7])).rejects.toMatchObject({ reason: "data" });
});

test("as many may be left out as the limit says, rounded up", () => {
  expect(() => requireFewBad(1, { experiment, sets })).not.toThrow();
  expect(() => requireFewBad(2, { experiment, sets })).toThrow(/^2 of 10 pictures cannot be read, expected at most 1 /);
});
