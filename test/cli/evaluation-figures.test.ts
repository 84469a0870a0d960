// The figures of an evaluation on the terminal.
import { expect, test } from "vitest";
import { figureLines, figureTables } from "../../src/cli/evaluation-figures.ts";
import { figuresOf } from "../../src/results/figures.ts";
import { labels, rows, savedOf } from "../evaluate/saved-result.ts";

test("lines say what the figures are without the pictures on a list", () => {
  const blacklist = { file: "list.txt", lines: 1, has: (name: string) => name === "1.jpg" };
  const text = figureLines(figuresOf(savedOf(rows, labels), blacklist)).join("\n");
  expect(text).toMatch(/blacklist {2}1 picture on .* of 5: top-1 80.00%/);
});

test("a line each for MCC, macro F1 and AUC, with intervals where they have one, and all within 80 columns", () => {
  const saved = savedOf(rows, labels);
  const groups = { file: "list.csv", groupOf: new Map(saved.names.map((name, i) => [name, String(i % 3)])) };
  const lines = figureLines(figuresOf(saved, undefined, groups));
  const text = lines.join("\n");
  expect(text).toMatch(/^macro .* F1 66\.7% \(95%: \d+\.\d to \d+\.\d\)$/m);
  expect(text).toMatch(/^MCC {8}0\.5000 {2}\(95%: -?0\.\d{4} to 1\.0000\)$/m);
  expect(text).toMatch(/^AUC {8}0\.7500 {2}\(mean over the classes, each against the rest\)$/m);
  expect(text).toMatch(/^groups {5}3 of list\.csv for units \(fewer than 30: too narrow\); 95%:$/m);
  expect(text).toMatch(/^ {11}top-1 [\d.]+ to [\d.]+, macro F1 /m);
  expect(lines.filter((line) => line.length > 80 && !line.startsWith("temperature"))).toEqual([]);
});

test("tables name the classes, the confusions and the worst mistakes; very many classes are cut to the worst", () => {
  const text = figureTables(figuresOf(savedOf(rows, labels))).join("\n\n");
  expect(text).toMatch(/class 2 +2 +1 +50.0% +50.0% +50.0%/);
  expect(text).toMatch(/class 0 +class 2 +1 +50.0%/);
  expect(text).toMatch(/1\.jpg +class 0 +class 2 +70.0%/);
  const many = Array.from({ length: 60 }, (_, i) => Array.from({ length: 60 }, (_, k) => (k === i ? 1 : 0)));
  const manyLabels = [...many.keys()].map((i) => (i === 59 ? 58 : i));
  const [classes] = figureTables(figuresOf(savedOf(many, manyLabels)));
  expect(classes).toMatch(/^the 40 classes of least F1/);
  expect(classes).toContain("class 58 ");
});

test("a result without a mistake has no table of them", () => {
  expect(figureTables(figuresOf(savedOf([rows[0]!, rows[3]!], [0, 1])))).toHaveLength(1);
});
