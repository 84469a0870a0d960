// Pictures that are no longer what they were under the same name and size.
import { expect, test } from "vitest";
import type { Item, ItemSource, Listing } from "../../src/images/sources/source.ts";
import { contentOf, rewrittenPictures } from "../../src/train/content.ts";

const start = "2026-01-01T00:00:00.000Z";
const [before, after] = [Date.parse(start), Date.parse(start) + 1];
const set = (names: Readonly<Record<string, ItemSource>>, content?: string): Listing => ({
  path: "photos",
  classes: ["a", "b"],
  items: Object.entries(names).map(([name, source]): Item => ({ name, label: 0, source })),
  fingerprint: "f",
  warnings: [],
  ...(content === undefined ? {} : { content }),
});
const file = (modified?: number): ItemSource => ({ file: "x", ...(modified === undefined ? {} : { modified }) });

test("files that were written after the run began are counted, and the first is named", () => {
  const sets = (a: number, b: number) => ({
    train: set({ "a/1.jpg": file(a), "a/2.jpg": file(b) }),
    validation: set({ "b/3.jpg": file(before) }),
  });
  const said = (a: number, b: number) => rewrittenPictures(sets(a, b), { start }, undefined);
  expect(said(before, before)).toBeUndefined();
  expect(said(before, after)).toMatch(
    /^1 of 3 pictures were written after the run began, as a\/2\.jpg: if these were edited/,
  );
});

test("all of them may have been copied; what is in a changed container counts, what is in memory does not", () => {
  const container = { file: "s.tar", size: 1, modified: after };
  const part: ItemSource = { container, offset: 0, length: 1 };
  const sets = { train: set({ a: part, b: part }), validation: set({ c: file(after) }) };
  expect(rewrittenPictures(sets, { start }, undefined)).toMatch(/^all 3 pictures .*if they were edited/);
  const memory = { train: set({ a: { bytes: new Uint8Array() } }), validation: set({ b: file() }) };
  expect(rewrittenPictures(memory, { start }, undefined)).toBeUndefined();
});

test("bytes that are known to be the same need no times", () => {
  const sets = { train: set({ a: file(after) }, "one"), validation: set({ b: file(after) }, "two") };
  const content = contentOf(sets)!;
  expect(content).toMatch(/^[0-9a-f]{64}$/);
  expect(contentOf({ ...sets, validation: set({}, "three") })).not.toBe(content);
  expect(contentOf({ ...sets, validation: set({}) })).toBeUndefined();
  expect(rewrittenPictures(sets, { start, dataContent: content }, content)).toBeUndefined();
  expect(rewrittenPictures(sets, { start }, content)).toContain("all 2");
});
