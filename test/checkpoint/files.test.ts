// Files longer than one call takes, with a lowered limit: read, hashed and written piece by piece.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { nodeFs, readWhole } from "../../src/checkpoint/files.ts";
import { sha256 } from "../../src/checkpoint/manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file is read and hashed in pieces of any length", () => {
  const path = join(folder, "bytes");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 80 }), (bytes, piece) => {
      writeFileSync(path, bytes);
      expect(Buffer.from(readWhole(path, piece))).toEqual(Buffer.from(bytes));
      expect(sha256(bytes, piece)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }),
    { numRuns: 50 },
  );
});

test("what cannot be read has the system's code", () => {
  mkdirSync(join(folder, "folder"));
  expect(() => nodeFs.read(join(folder, "folder"))).toThrow(expect.objectContaining({ code: "EISDIR" }));
  expect(() => nodeFs.read(join(folder, "nowhere"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
});
