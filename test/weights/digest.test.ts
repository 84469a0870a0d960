// One SHA-256 for a file, for a folder, and for a checkpoint that is named by its prefix.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf } from "../../src/weights/digest.ts";

let folder: string;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-digest-"));
  mkdirSync(join(folder, "variables"));
  writeFileSync(join(folder, "model.ckpt-7.index"), "index");
  writeFileSync(join(folder, "variables/data"), "data");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file's is its own", async () => {
  expect(await digestOf(join(folder, "variables/data"))).toBe(sha256("data"));
});

test("a folder's is that of its files' lines, in the order of their names", async () => {
  const lines = `${sha256("index")}  model.ckpt-7.index\n${sha256("data")}  variables/data\n`;
  expect(await digestOf(folder)).toBe(sha256(lines));
});

test("a prefix' is that of the files that begin with it", async () => {
  expect(await digestOf(join(folder, "model.ckpt-7"))).toBe(sha256(`${sha256("index")}  model.ckpt-7.index\n`));
});

test("what is not there is refused", async () => {
  for (const name of ["nothing.pth", "nowhere/nothing.pth"])
    await expect(digestOf(join(folder, name))).rejects.toThrow(
      expect.objectContaining({ reason: "foreignWeights", message: expect.stringContaining("there is no such file") }),
    );
});
