// Tables about pictures on a terminal of 80 columns.
import { expect, test } from "vitest";
import { pictureTable } from "../../src/cli/picture-table.ts";

const header = ["class", "probability", "grad-cam", "occlusion"];
const figures = ["99.50%", "at 1520, 1430", "at 1520, 1430 (under 0.1 points)"];

test("what fits is one table, its pictures in the first column", () => {
  const rows = [
    ["owl", "75.00%"],
    ["cat", "25.00%"],
  ];
  expect(pictureTable(header.slice(0, 2), [{ image: "a.jpg", rows }]).split("\n")).toEqual([
    "image  class  probability",
    "-----  -----  -----------",
    "a.jpg  owl         75.00%",
    "       cat         25.00%",
  ]);
});

test("what is wider has each picture above its rows, and long names of classes go on below themselves", () => {
  const lines = pictureTable(header, [
    {
      image: "photos/wild/n02128757_snow_leopard.jpg",
      rows: [
        ["snow leopard, ounce, Panthera uncia", ...figures],
        ["owl", ...figures],
      ],
    },
    { image: "b.jpg", rows: [["cat (true)", "0.50%", "nowhere", "nowhere"]] },
  ]).split("\n");
  expect(lines).toEqual([
    "  class            probability  grad-cam       occlusion",
    "  ---------------  -----------  -------------  --------------------------------",
    "photos/wild/n02128757_snow_leopard.jpg",
    "  snow leopard,         99.50%  at 1520, 1430  at 1520, 1430 (under 0.1 points)",
    "  ounce, Panthera",
    "  uncia",
    "  owl                   99.50%  at 1520, 1430  at 1520, 1430 (under 0.1 points)",
    "b.jpg",
    "  cat (true)             0.50%  nowhere        nowhere",
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBe(79);
});
