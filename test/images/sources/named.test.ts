// Pictures that a command line names: files as they are, folders and patterns in order, nothing twice.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namedPictures } from "../../../src/images/sources/named.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-named-"));
  mkdirSync(join(folder, "b", "c"), { recursive: true });
  mkdirSync(join(folder, "empty"));
  mkdirSync(join(folder, ".hidden"));
  for (const name of ["z.jpg", "a.PNG", "b/1.webp", "b/c/2.jpeg", "b/notes.txt", ".hidden/3.jpg", "x[1].jpg"])
    writeFileSync(join(folder, name), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

const named = async (...words: string[]) =>
  (await namedPictures(words.map((word) => join(folder, word)))).map(({ name }) => name.slice(folder.length + 1));

test("files stay as they are, there or not, pictures by name or not", async () => {
  expect(await named("z.jpg", "gone.jpg", "b/notes.txt")).toEqual(["z.jpg", "gone.jpg", "b/notes.txt"]);
});

test("a folder gives all pictures below it but hidden ones, in order", async () => {
  expect(await named(".")).toEqual(["a.PNG", "b/1.webp", "b/c/2.jpeg", "x[1].jpg", "z.jpg"]);
});

test("patterns give what they match, at any depth; a file with such a name is meant itself", async () => {
  expect(await named("*.jpg")).toEqual(["x[1].jpg", "z.jpg"]);
  expect(await named("b/**/*.{webp,jpeg}")).toEqual(["b/1.webp", "b/c/2.jpeg"]);
  expect(await named("x[1].jpg")).toEqual(["x[1].jpg"]);
});

test("what is named twice counts once, where it was named first", async () => {
  expect(await named("z.jpg", "*.jpg")).toEqual(["z.jpg", "x[1].jpg"]);
});

test("a folder and a pattern without pictures are told", async () => {
  await expect(named("empty")).rejects.toThrow(/empty: no JPEG, PNG or WebP pictures in this folder$/);
  await expect(named("q*.jpg")).rejects.toThrow(/q\*\.jpg: no JPEG, PNG or WebP pictures match this pattern$/);
});
