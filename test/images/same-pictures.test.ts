// Which pictures of two sets are the same.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countAmong } from "../../src/images/same-pictures.ts";
import type { Item, ItemSource } from "../../src/images/sources/listing.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-same-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  writeFileSync(file("a"), "one");
  writeFileSync(file("b"), "two");
  writeFileSync(file("c"), "three");
  writeFileSync(file("empty"), "");
  copyFileSync(file("a"), file("copy of a"));
});
const item = (source: ItemSource, i: number): Item => ({ name: `${i}`, label: 0, source });
const files = (...names: string[]): Item[] => names.map((name, i) => item({ file: file(name) }, i));

test.each<[what: string, items: Item[], others: Item[], count: number]>([
  ["the same places", files("a", "b"), files("b", "c", "a"), 2],
  ["the same bytes elsewhere", files("copy of a", "c"), files("b", "a"), 1],
  ["other bytes of the same length", files("a"), files("b"), 0],
  ["those that are gone or empty", files("gone", "empty"), files("gone too", "empty", "a"), 1],
  ["bytes in memory", [item({ bytes: Buffer.from("one") }, 0)], files("a"), 1],
  ["nothing", [], files("a"), 0],
])("%s", async (_what, items, others, count) => {
  expect(await countAmong(items, others)).toBe(count);
});

test("parts of a container are the same at the same offset", async () => {
  writeFileSync(file("tar"), "onetwo");
  const part = (offset: number): Item =>
    item({ container: { file: file("tar"), size: 6, modified: 0 }, offset, length: 3 }, offset);
  expect(await countAmong([part(0), part(3)], [part(3)])).toBe(1);
});
