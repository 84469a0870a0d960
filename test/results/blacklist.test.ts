// Lists of pictures to leave out, and what the figures say without them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBlacklist } from "../../src/results/blacklist.ts";
import { figuresOf } from "../../src/results/figures.ts";
import { certain } from "../statistics/scores.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-blacklist-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const list = (text: string) => {
  const file = join(folder, "list.txt");
  writeFileSync(file, text);
  return readBlacklist(file);
};

test("a line is a path, a file name with or without extension, or the number in which a file name ends", () => {
  const { has, lines } = list("\ufeff# bad labels\r\n36\r\ncat/a.jpg\n\nb.png\n  c \n0\n");
  expect(lines).toBe(5);
  const listed = [
    "ILSVRC2012_val_00000036.JPEG",
    "val/ILSVRC2012_val_00000036.JPEG",
    "cat/a.jpg",
    "dog/b.png",
    "x/c.jpg",
  ];
  expect(listed.filter((name) => !has(name))).toEqual([]);
  const others = [
    "ILSVRC2012_val_00000360.JPEG",
    "ILSVRC2012_val_00036000.JPEG",
    "dog/a.jpg",
    "b.jpg",
    "136.jpg",
    "x.36",
  ];
  expect(others.filter(has)).toEqual([]);
  expect(has("0.jpg")).toBe(true);
});

test("an empty list and a missing one are named", () => {
  expect(() => list("# nothing\n\n")).toThrow(expect.objectContaining({ reason: "data" }));
  expect(() => readBlacklist(join(folder, "none.txt"))).toThrow(/none\.txt/);
});

test("both numbers and both n: four pictures with two wrong, one of them on the list", () => {
  const scores = certain([0, 0, 1, 1], [0, 1, 1, 0], 2);
  const figures = figuresOf(scores, list("1.jpg\n99\n"));
  expect(figures.classes.reduce((sum, { correct }) => sum + correct, 0)).toBe(2);
  expect(figures.without).toMatchObject({ lines: 2, leftOut: 1, summary: { n: 3, top1: { value: 2 / 3 } } });
  expect(figuresOf(scores).without).toBeUndefined();
});

test("a list that names none of the pictures, or all, is refused", () => {
  const scores = certain([0, 1], [0, 1], 2);
  expect(() => figuresOf(scores, list("99\n"))).toThrow("none of the 2 pictures");
  expect(() => figuresOf(scores, list("0\n1\n"))).toThrow("all of the 2 pictures");
});
