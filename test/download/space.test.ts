import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bytesBelow, freeBytes, requireSpace } from "../../src/download/space.ts";
import { temporaryFolder } from "../runtime/setup/support.ts";

test("files are counted at every depth, and a missing folder is empty", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "a/b"), { recursive: true });
  writeFileSync(join(folder, "x"), Buffer.alloc(10));
  writeFileSync(join(folder, "a/b/y"), Buffer.alloc(5));
  expect(bytesBelow(folder)).toBe(15);
  expect(bytesBelow(join(folder, "none"))).toBe(0);
});

test("too little room is said before anything is fetched, for a folder that need not exist", () => {
  const folder = join(temporaryFolder(), "not/yet");
  expect(freeBytes(folder)).toBeGreaterThan(0);
  requireSpace(folder, 1, "a test");
  expect(() => requireSpace(folder, 1e18, "a test")).toThrow(expect.objectContaining({ exitCode: 73 }));
});
