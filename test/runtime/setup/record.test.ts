import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkFiles, parseRecord } from "../../../src/runtime/setup/record.ts";
import { temporaryFolder } from "./support.ts";

const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("base64url");

test("lines with a hash become entries; RECORD's own, blank and foreign lines are left out", () => {
  const hash = sha256(Buffer.from("a"));
  const text = `a/b.so,sha256=${hash},1\r\n"a,b.h",sha256=${hash},2\nx.dist-info/RECORD,,\n\nold,md5=abc,3\n`;
  expect([...parseRecord(text)]).toEqual([
    ["a/b.so", { sha256: hash, size: 1 }],
    ["a,b.h", { sha256: hash, size: 2 }],
  ]);
});

test("any content passes under its own hash, and fails when one byte differs", async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), fc.nat(), async (data, at) => {
      const record = parseRecord(`f,sha256=${sha256(data)},${data.length}`);
      writeFileSync(join(folder, "f"), data);
      await checkFiles(folder, record, ["f"]);
      data[at % data.length]! ^= 1;
      writeFileSync(join(folder, "f"), data);
      await expect(checkFiles(folder, record, ["f"])).rejects.toThrow("f of the TensorFlow wheel is damaged");
    }),
    { numRuns: 30 },
  );
});

test("a file that RECORD does not list is refused", async () => {
  await expect(checkFiles(temporaryFolder(), new Map(), ["g"])).rejects.toThrow("g of the TensorFlow wheel");
});
