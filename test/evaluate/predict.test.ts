// Predictions for single files: the model's own view of each, in order, and a file that cannot be read is named.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { predictFiles } from "../../src/evaluate/predict.ts";
import type { Item } from "../../src/images/sources/listing.ts";
import { byHand, tinyModel, writePictures } from "./tiny-model.ts";

let folder: string;
let items: Item[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-predict-"));
  items = await writePictures(folder, 6, [5]);
});
afterAll(() => rmSync(folder, { recursive: true }));
const files = (of: readonly Item[]): string[] => of.map(({ name }) => join(folder, name));

test.each([1, 3, 5])("the best two classes of %d files, in the order given, across batches", async (count) => {
  const some = items.slice(0, count).reverse();
  const predictions = await predictFiles(tinyModel, files(some), 2);
  expect(predictions.map(({ name }) => name)).toEqual(files(some));
  for (const [i, { top }] of predictions.entries()) {
    const [probabilities] = await byHand(some[i]!, { preset: "tf", jpegReduction: "auto" });
    const order = [0, 1, 2].sort((a, b) => probabilities![b]! - probabilities![a]!);
    expect(top.map((entry) => entry.class)).toEqual(order.slice(0, 2));
    for (const { class: index, probability } of top) expect(probability).toBeCloseTo(probabilities![index]!, 5);
  }
});

test("a file that is no picture, and one that is not there, are named", async () => {
  const [bad] = files(items.slice(5));
  await expect(predictFiles(tinyModel, [...files(items.slice(0, 2)), bad!], 1)).rejects.toThrow(
    new RegExp(`^${bad}: not a picture that can be decoded`),
  );
  const missing = join(folder, "missing.png");
  await expect(predictFiles(tinyModel, [missing], 1)).rejects.toThrow(new RegExp(`^${missing}: no such file$`));
});
