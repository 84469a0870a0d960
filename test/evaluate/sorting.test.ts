// Pictures sorted into folders by class: copies, none over another, whatever the class is called.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sortInto } from "../../src/evaluate/sorting.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-sorting-"));
  for (const [place, text] of Object.entries({ a: "first", b: "second" })) {
    mkdirSync(join(folder, place));
    writeFileSync(join(folder, place, "cat.jpg"), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
const sorted = join("sorted", "x");
const sort = async (className: string, file: string) =>
  relative(folder, await sortInto(join(folder, sorted), className, join(folder, file)));

test("a second picture of the same name has a number, and both stay whole", async () => {
  const places = [await sort("cat", "a/cat.jpg"), await sort("cat", "b/cat.jpg")];
  expect(places).toEqual([join(sorted, "cat", "cat.jpg"), join(sorted, "cat", "cat-2.jpg")]);
  expect(places.map((place) => readFileSync(join(folder, place), "utf8"))).toEqual(["first", "second"]);
  expect(existsSync(join(folder, "a", "cat.jpg"))).toBe(true);
});

test.each([
  ["../../away", join(sorted, ".._.._away")],
  ["..", join(sorted, "_..")],
  ["", join(sorted, "_")],
  ["tench, Tinca", join(sorted, "tench, Tinca")],
])("a class called %j stays inside", async (name, place) => {
  expect(await sort(name, "a/cat.jpg")).toBe(join(place, "cat.jpg"));
});

test("a folder that cannot be made is an I/O error", async () => {
  await expect(sortInto(join(folder, "a", "cat.jpg"), "dog", join(folder, "b", "cat.jpg"))).rejects.toMatchObject({
    reason: "io",
  });
});
