import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { damaged, missized, seal } from "../../../src/runtime/setup/whole.ts";
import { temporaryFolder } from "./support.ts";

async function sealed(): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "include"));
  writeFileSync(join(folder, "library"), "1".repeat(2000));
  writeFileSync(join(folder, "include/header"), "2");
  await seal(folder, ["library", "include/header"]);
  return folder;
}

test("a folder as it was sealed has nothing wrong", async () => {
  const folder = await sealed();
  expect([missized(folder), await damaged(folder)]).toEqual([undefined, undefined]);
});

test.each<[string, (folder: string) => void, RegExp]>([
  ["cut", (folder) => truncateSync(join(folder, "library"), 1), /^library: expected 2,000 bytes, got 1 bytes$/],
  ["gone", (folder) => rmSync(join(folder, "include/header")), /^include\/header: expected 1 bytes, got none$/],
])("a file that is %s is named by its size", async (_, harm, sentence) => {
  const folder = await sealed();
  harm(folder);
  expect(missized(folder)).toMatch(sentence);
  expect(await damaged(folder)).toMatch(sentence);
});

test("another content of the same length is found by its hash alone", async () => {
  const folder = await sealed();
  const file = join(folder, "library");
  const content = readFileSync(file, "utf8");
  writeFileSync(file, `x${content.slice(1)}`);
  expect(missized(folder)).toBeUndefined();
  expect(await damaged(folder)).toMatch(/^library: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}$/);
});

test("a folder that was never sealed is taken as it is", async () => {
  const folder = temporaryFolder();
  expect([missized(folder), await damaged(folder)]).toEqual([undefined, undefined]);
  writeFileSync(join(folder, "files.json"), "[");
  expect(missized(folder)).toBeUndefined();
});
