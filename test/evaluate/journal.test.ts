// The journal: what was appended is there again, to the last bit, unless it was torn or belongs to something else.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "../../src/evaluate/journal.ts";
import type { Scored } from "../../src/evaluate/score-crops.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "inception-journal-")), "eval");
  file = join(folder, "progress.jsonl");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const entries: Scored[] = [
  {
    index: 0,
    digest: "00ff00ff00ff00ff",
    logits: Float32Array.of(0.1, -3e38, 1e-45),
    subsets: [Float32Array.of(1 / 3, 0, 1)],
  },
  { index: 1, reason: 'damaged: "\u2028 ä\n' },
  { index: 2, digest: "0123456789abcdef", logits: Float32Array.of(1, 0, 0), subsets: [Float32Array.of(0, 1, 0)] },
];
async function write(): Promise<void> {
  const journal = await openJournal(folder, "key");
  for (const entry of entries) journal.append(entry);
  journal.close();
}
async function found(key = "key"): Promise<readonly Scored[]> {
  const journal = await openJournal(folder, key);
  journal.close();
  return journal.earlier;
}

test("is empty at first, then holds what was appended", async () => {
  expect(await found()).toEqual([]);
  await write();
  expect(await found()).toEqual(entries);
  expect(await found()).toEqual(entries);
});

test("under another key starts anew", async () => {
  await write();
  expect(await found("another")).toEqual([]);
  expect(await found()).toEqual([]);
});

test("cut anywhere, keeps the whole entries before the cut and goes on after them", async () => {
  await write();
  const bytes = readFileSync(file);
  const header = bytes.indexOf(10) + 1;
  for (let length = bytes.length; length > header; length -= 3) {
    truncateSync(file, length);
    const kept = await found();
    expect(kept).toEqual(entries.slice(0, kept.length));
    expect(kept.length).toBe(bytes.subarray(header, length).filter((byte) => byte === 10).length);
  }
  const journal = await openJournal(folder, "key");
  expect(journal.earlier).toEqual([]);
  for (const entry of entries) journal.append(entry);
  journal.close();
  expect(await found()).toEqual(entries);
});

test("with rubbish at its end drops the rubbish", async () => {
  await write();
  appendFileSync(file, `${"\0".repeat(64)}\n{"index":3,"reason":"later"}\n`);
  expect(await found()).toEqual(entries);
  expect(readFileSync(file, "utf8")).not.toContain("\0");
});

test("belongs to one at a time and is gone when removed", async () => {
  const journal = await openJournal(folder, "key");
  await expect(openJournal(folder, "key")).rejects.toMatchObject({
    reason: "busy",
    message: `${folder} is in use by process ${process.pid}`,
  });
  journal.remove();
  journal.close();
  expect(existsSync(file)).toBe(false);
  expect(await found()).toEqual([]);
});
