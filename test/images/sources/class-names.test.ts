// Numbered labels get the names of a file's lines, or the first wrong one is named.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nameClasses } from "../../../src/images/sources/class-names.ts";
import { matchClasses, openSource } from "../../../src/images/sources/source.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-names-"));
  for (const name of ["a.jpg", "b.jpg", "c.jpg"]) writeFileSync(join(folder, name), name);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const open = (labels: readonly (string | number)[]) =>
  openSource(write("list.csv", `path,label\n${labels.map((label, i) => `${"abc"[i]}.jpg,${label}`).join("\n")}\n`));

test("line k names label k, whatever order the model's classes are in", async () => {
  const names = write("names.txt", "\ufefftench\r\n\t goldfish \r\nzebra\n\n");
  const named = await nameClasses(await open([2, 0, 1]), names);
  expect(named.items.map(({ label }) => named.classes[label])).toEqual(["zebra", "tench", "goldfish"]);
  const matched = matchClasses(named, ["goldfish", "tench", "zebra"]);
  expect(matched.items.map(({ label }) => label)).toEqual([2, 1, 0]);
});

test("a label out of range, or no number, is named with its picture", async () => {
  const names = write("names.txt", "tench\ngoldfish\n");
  await expect(nameClasses(await open([0, 1, 2]), names)).rejects.toThrow(
    /list\.csv: c\.jpg has the label "2", expected a number from 0 to 1, a line of .*names\.txt/,
  );
  await expect(nameClasses(await open([0, "cat", 1]), names)).rejects.toMatchObject({
    reason: "data",
    message: expect.stringMatching(/b\.jpg has the label "cat"/),
  });
});

test("names are unique and not empty; a missing file is named", async () => {
  const listing = await open([0, 1, 1]);
  await expect(nameClasses(listing, write("twice.txt", "a\nb\na\n"))).rejects.toThrow(
    /twice\.txt:3: "a" is the name of label 0/,
  );
  await expect(nameClasses(listing, write("gap.txt", "a\n\nb\n"))).rejects.toThrow(/gap\.txt:2/);
  await expect(nameClasses(listing, join(folder, "none.txt"))).rejects.toThrow(/none\.txt/);
});
