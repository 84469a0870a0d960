// Lists of the user's: read whole, or refused in one sentence.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSource } from "../src/images/sources/source.ts";
import { readText } from "../src/text-file.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-text-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, bytes?: number): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  if (bytes !== undefined) truncateSync(file, bytes);
  return file;
}

test("a text is without its byte order mark, and what is missing or no file is said", () => {
  expect(readText(write("marked.txt", "\ufeffowl\n"))).toBe("owl\n");
  expect(() => readText(join(folder, "none.txt"))).toThrow(/none\.txt: no such file$/);
  expect(() => readText(folder)).toThrow(/^cannot read .*EISDIR/);
});

test.each(["list.csv", "list.jsonl"])(
  "%s of more bytes than a string can have characters is refused unread",
  async (name) => {
    const file = write(name, "path,label\n", 2 ** 29 + 1);
    await expect(openSource(file)).rejects.toMatchObject({
      reason: "data",
      message: `${file}: expected at most 536,870,888 bytes of text, got 536,870,913 bytes`,
      hint: "sets of any size can be tar shards",
    });
  },
);
