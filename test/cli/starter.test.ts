// The file of `inception init`: beside the pictures by a path from it, and never over another.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { writeStarter } from "../../src/cli/starter.ts";
import { makeShapes } from "../../src/images/shapes/make.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-init-"));
  await makeShapes(join(folder, "shapes"), { perClass: 4, size: 32, seed: 1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("it says what was found, names the pictures as seen from the file, and stays", async () => {
  const file = join(folder, "inception.yaml");
  const found = await writeStarter(join(folder, "shapes"), file, { set: [], size: "64" });
  expect(found).toMatch(/^\d+ pictures of 10 classes to train on \([234] to 4 of each\), \d+ to validate on$/);
  const text = readFileSync(file, "utf8");
  expect(parse(text)).toMatchObject({ name: "shapes", data: { train: "shapes", size: 64 } });
  expect(text.split("\n")[0]).toBe(`# ${found}.`);
  await expect(writeStarter(join(folder, "shapes"), file, { set: [] })).rejects.toMatchObject({ reason: "usage" });
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("elsewhere it names the whole path", async () => {
  mkdirSync(join(folder, "elsewhere"));
  const file = join(folder, "elsewhere", "a.yaml");
  await writeStarter(join(folder, "shapes"), file, { set: [] });
  expect(parse(readFileSync(file, "utf8"))).toMatchObject({ data: { train: join(folder, "shapes") } });
});
