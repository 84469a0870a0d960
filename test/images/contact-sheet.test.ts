import { expect, it } from "vitest";
import { contactSheet } from "../../src/images/contact-sheet.ts";

it("puts each picture in its place and leaves the rest white", () => {
  const size = 2;
  const images = Uint8Array.from({ length: 4 * 12 }, (_, i) => Math.floor(i / 12) * 10);
  const { pixels, width, height } = contactSheet(images, 3, size, 2);
  expect([width, height, pixels.length]).toEqual([16, 16, 16 * 16 * 3]);
  const at = (x: number, y: number) => [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  expect([at(4, 4), at(11, 5), at(5, 11)]).toEqual([
    [0, 0, 0],
    [10, 10, 10],
    [20, 20, 20],
  ]);
  expect([at(3, 4), at(6, 4), at(10, 10)]).toEqual(Array(3).fill([255, 255, 255]));
  expect(pixels.filter((value) => value !== 255).length).toBe(3 * 12);
});

it("puts labels below pictures, cut to their width, and nothing else changes", () => {
  const size = 9;
  const images = new Uint8Array(2 * size * size * 3).fill(90);
  const { pixels, width, height } = contactSheet(images, 2, size, 2, ["I1?", ""]);
  expect([width, height]).toEqual([30, 4 + 9 + 4 + 5 + 4]);
  const rows = Array.from({ length: 5 }, (_, y) =>
    Array.from({ length: width }, (_, x) => (pixels[((17 + y) * width + x) * 3] === 0 ? "#" : ".")).join(""),
  );
  const blank = ".".repeat(width - 11);
  expect(rows).toEqual(["###..#.", ".#..##.", ".#...#.", ".#...#.", "###.###"].map((row) => `....${row}${blank}`));
});

it("puts each line of a label below the one before", () => {
  const { pixels, width, height } = contactSheet(new Uint8Array(3 * 81).fill(90), 1, 9, 1, ["I\n1"]);
  expect([width, height]).toEqual([17, 4 + 9 + 4 + 2 * (5 + 4)]);
  const inked = Array.from({ length: height }, (_, y) =>
    pixels.subarray(y * width * 3, (y + 1) * width * 3).includes(0),
  );
  expect(inked.flatMap((is, y) => (is ? [y] : []))).toEqual([17, 18, 19, 20, 21, 26, 27, 28, 29, 30]);
});

it("gives pictures that are no squares places of their shape", () => {
  const { pixels, width, height } = contactSheet(
    new Uint8Array(2 * 9 * 5 * 3).fill(90),
    2,
    { width: 9, height: 5 },
    1,
    ["I", ""],
  );
  // Rows of 5 pixels, a gap, and a line of five dots with a gap.
  expect([width, height]).toEqual([4 + 9 + 4, 2 * (5 + 4 + 5 + 4) + 4]);
  const at = (x: number, y: number): number => pixels[(y * width + x) * 3]!;
  expect([at(4, 4), at(12, 8), at(12, 9), at(4, 22), at(13, 22)]).toEqual([90, 90, 255, 90, 255]);
});
