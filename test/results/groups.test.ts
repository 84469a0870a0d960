// Lists of groups, and what pictures they are for.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { groupingOf, readGroups } from "../../src/results/groups.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-groups-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const list = (text: string) => {
  const file = join(folder, "groups.csv");
  writeFileSync(file, text);
  return readGroups(file);
};

test("a picture is found by its path, else by its file name with or without extension; other columns are passed over", () => {
  const groups = list('\ufeffgroup,path,year\r\nanna,cat/a.jpg,1999\r\n"b, and co",a.jpg,\r\nanna,c,\r\n');
  const { groups: number, groupOf } = groupingOf(groups, ["cat/a.jpg", "dog/a.jpg", "dog/c.png"]);
  expect(number).toBe(2);
  expect([...groupOf]).toEqual([0, 1, 0]);
});

test("only groups that have pictures count", () => {
  const groups = list("path,group\na,1\nb,2\nc,3\n");
  expect(groupingOf(groups, ["x/c.jpg", "x/a.jpg"])).toEqual({ groups: 2, groupOf: Int32Array.of(0, 1) });
});

test("what is wrong is named with its line", () => {
  expect(() => list("picture,group\n")).toThrow(/groups\.csv:1: expected a header with path and group/);
  expect(() => list("path,group\na,1\n\nb,\n")).toThrow(/groups\.csv:4: expected a path and a group/);
  expect(() => list("path,group\na,1\na,2\n")).toThrow(/groups\.csv:3: a was in group "1" before and is in "2" now/);
  const groups = list("path,group\na,1\nb,1\n");
  expect(() => groupingOf(groups, ["a.jpg", "d.jpg", "e.jpg"])).toThrow(/no group for d\.jpg \(2 of 3 pictures/);
  expect(() => groupingOf(groups, ["a.jpg", "b.jpg"])).toThrow(/all 2 pictures are of one group/);
});
