// The sheet of what a check found: each kind in rows of its own, copies side by side.
import { expect, test } from "vitest";
import type { DataReport } from "../../src/cli/data-checking.ts";
import { drawFindings } from "../../src/cli/data-sheet.ts";
import { decodePicture, encodePng } from "../../src/images/decode.ts";
import type { Item, Listing } from "../../src/images/sources/source.ts";

const flat = (width: number, height: number, red: number): Promise<Uint8Array> =>
  encodePng(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i % 3 === 0 ? red : 0)),
    width,
    height,
  );

test("copies, then unreadable ones, then the smallest and the largest, each below a label", async () => {
  const bytes = { one: await flat(40, 40, 250), two: await flat(90, 90, 120), small: await flat(8, 8, 60) };
  const item = (name: string, label: number, of: Uint8Array): Item => ({ name, label, source: { bytes: of } });
  const items = [
    item("a/1.png", 0, bytes.one),
    item("a/bad.png", 0, Buffer.from("none")),
    item("a/small.png", 0, bytes.small),
    item("b/1.png", 1, bytes.one),
    item("b/2.png", 1, bytes.two),
  ];
  const listing: Listing = { path: "set", classes: ["a", "b"], items, fingerprint: "", warnings: [] };
  const copy = (name: string) => ({ source: "set", name, class: name[0]!, heldOut: false });
  const report: DataReport = {
    sources: [
      {
        source: "set",
        pictures: 5,
        classes: [],
        unreadable: [{ name: "a/bad.png", reason: "no picture" }],
        warnings: [],
        fingerprint: "",
      },
    ],
    same: [[copy("a/1.png"), copy("b/1.png")]],
    near: [],
  };
  const sheet = await decodePicture(await drawFindings(report, [listing]), "sheet");
  const rowHeight = 160 + 4 + 3 * (5 * 2 + 4);
  expect([sheet.width, sheet.height]).toEqual([6 * 164 + 4, 4 * rowHeight + 4]);
  const middle = (row: number, column: number): number[] => {
    const at = ((4 + row * rowHeight + 80) * sheet.width + 4 + column * 164 + 80) * 3;
    return [...sheet.pixels.subarray(at, at + 3)];
  };
  const red = (level: number): number[] => [level, 0, 0];
  const [white, grey] = [255, 200].map((level) => [level, level, level]);
  const rows = [0, 1, 2, 3].map((row) => [0, 1, 2, 3, 4].map((column) => middle(row, column)));
  expect(rows).toEqual([
    [red(250), red(250), white, white, white],
    [grey, white, white, white, white],
    [red(60), red(250), red(250), red(120), white],
    [red(120), red(250), red(250), red(60), white],
  ]);
  const isInked = (row: number, line: number): boolean => {
    const top = 4 + row * rowHeight + 160 + 4 + line * 14;
    return sheet.pixels.subarray(top * sheet.width * 3, (top + 10) * sheet.width * 3).includes(0);
  };
  for (const row of [0, 1, 2, 3]) expect([0, 1, 2].map((line) => isInked(row, line))).toEqual([true, true, true]);
});
