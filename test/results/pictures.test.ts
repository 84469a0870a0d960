// Which pictures models are evaluated on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Model } from "../../src/evaluate/model.ts";
import { type Listing, openSource } from "../../src/images/sources/source.ts";
import { choosePictures } from "../../src/results/pictures.ts";

let folder: string;
let own: Listing;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-pictures-"));
  for (const name of ["cat", "dog"]) {
    mkdirSync(join(folder, "photos", name), { recursive: true });
    for (const i of [0, 1, 2, 3]) writeFileSync(join(folder, "photos", name, `${i}.jpg`), "x");
  }
  own = await openSource(join(folder, "photos"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const model = (path: string, classes: readonly string[] = ["cat", "dog"]): Model => ({ path, classes }) as Model;
const one = model("one");

test("the validation pictures of the first model, where every other has the same", async () => {
  const asked: string[] = [];
  const validationOf = async ({ path }: Model) => {
    asked.push(path);
    return own;
  };
  expect((await choosePictures([one, model("two")], {}, validationOf)).items).toHaveLength(8);
  expect(asked).toEqual(["one", "two"]);
  const other = { ...own, fingerprint: "other" };
  await expect(
    choosePictures([one, model("two")], {}, async ({ path }) => (path === "two" ? other : own)),
  ).rejects.toMatchObject({ reason: "usage", message: "two was validated on other pictures than one" });
});

test("a source given is opened and no model asked; a limit spreads over it", async () => {
  const nobody = () => expect.fail("asked");
  const data = join(folder, "photos");
  expect((await choosePictures([one, model("two")], { data }, nobody)).items).toHaveLength(8);
  const few = await choosePictures([one], { data, limit: 4 }, nobody);
  expect(few.items.map(({ label }) => label)).toEqual([0, 0, 1, 1]);
});

test("a set with some of the model's classes is refused with the option that takes it, and says which it has", async () => {
  const three = model("one", ["cat", "cow", "dog"]);
  await expect(choosePictures([three], {}, async () => own)).rejects.toMatchObject({
    message: expect.stringMatching(/"cow" .* is missing$/),
    hint: expect.stringMatching(/--subset takes a set with only some of them$/),
  });
  const { items, classes, subset } = await choosePictures([three], { subset: true, limit: 2 }, async () => own);
  expect([...new Set(items.map(({ label }) => label))]).toEqual([0, 2]);
  expect([classes, subset]).toEqual([
    ["cat", "cow", "dog"],
    ["cat", "dog"],
  ]);
  expect(await choosePictures([one], { subset: true }, async () => own)).not.toHaveProperty("subset");
  await expect(choosePictures([model("one", ["cat"])], { subset: true }, async () => own)).rejects.toThrow(
    '"dog" is not',
  );
  const behind = model("one", ["background", "cat", "dog", "emu"]);
  expect(await choosePictures([behind], { subset: true, backgroundClass: true }, async () => own)).toMatchObject({
    subset: ["cat", "dog"],
  });
});

test("a model's background class in front has no pictures, and the others keep their numbers", async () => {
  const classes = ["background", "cat", "dog"];
  const listing = await choosePictures([model("one", classes)], { backgroundClass: true }, async () => own);
  expect([...new Set(listing.items.map(({ label }) => label))]).toEqual([1, 2]);
  expect(listing.classes).toEqual(classes);
});

test("names for labels without a list are refused", async () => {
  await expect(choosePictures([one], { labels: "names.txt" }, async () => own)).rejects.toMatchObject({
    reason: "usage",
    message: expect.stringContaining("--labels"),
  });
});
