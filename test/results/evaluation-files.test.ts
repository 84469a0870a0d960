// The files of an evaluation and the schema of summary.json, from stored results: no engine needed.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeEvaluation } from "../../src/cli/evaluation-report.ts";
import { type EvaluationScores, writeSaved } from "../../src/evaluate/saved.ts";
import { parseCsv } from "../../src/images/sources/csv.ts";
import { recombine } from "../../src/results/evaluate-models.ts";
import { evaluationDocument } from "../../src/results/evaluation-document.ts";
import { evaluationSchema } from "../../src/results/evaluation-schema.ts";
import { wilson } from "../../src/statistics/interval.ts";
import { labels, protocolOf, resultFiles, rows, savedOf } from "../evaluate/saved-result.ts";
import { parseXml } from "../report/xml.ts";
import { logitsOf } from "../statistics/scores.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-figures-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const evaluated = (options: { blacklist?: string; groups?: string } = {}, saved = savedOf(rows, labels)) => {
  writeSaved(join(folder, "a"), saved);
  return recombine([join(folder, "a")], { output: join(folder, "out"), ...options });
};
const read = (name: string): string => readFileSync(join(folder, "out", name), "utf8");

test("an evaluation leaves all of its files, and summary.json keeps to its schema", () => {
  evaluated();
  expect(readdirSync(join(folder, "out")).sort()).toEqual(resultFiles);
  const summary = evaluationSchema.parse(JSON.parse(read("summary.json")));
  expect(summary.top1.accuracy).toBeCloseTo(4 / 6, 12);
  expect(summary.top1.error).toBeCloseTo(2 / 6, 12);
  expect(summary.classes[2]).toEqual({
    ...{ name: "class 2", n: 2, taken: 2, correct: 1, precision: 0.5, recall: 0.5, f1: 0.5 },
    ...{ auc: 5 / 8, averagePrecision: 0.5 },
    intervals95: { precision: wilson(1, 2), recall: wilson(1, 2), f1: { low: 0, high: 1 } },
  });
  expect(summary.matthews).toBeCloseTo(0.5, 12);
  expect(summary.kappa).toBeCloseTo(0.5, 12);
  expect(summary.macro.auc).toBeCloseTo((5 / 8 + 1 + 5 / 8) / 3, 12);
  expect(summary.weighted).toEqual(summary.macro);
  expect(summary.intervals95.resamples).toBe(1000);
  expect(summary.groups).toBeUndefined();
  expect(summary.selective.accepted.at(-1)).toEqual({ above: 0.99, n: 0, share: 0, accuracy: null, interval95: null });
  expect(summary.confused.map(({ label, predicted }) => [label, predicted])).toEqual([
    ["class 0", "class 2"],
    ["class 2", "class 0"],
  ]);
  expect(summary.mistakes.map(({ name }) => name)).toEqual(["1.jpg", "5.jpg"]);
  expect(summary.calibration.negativeLogLikelihood).toBeCloseTo(summary.loss, 12);
  expect(summary.ties).toMatchObject({ pictures: 0, rule: expect.stringMatching(/any order with equal chance/) });
  expect(summary.blacklist).toBeUndefined();
  expect(summary.guessing.chance).toBeCloseTo(1 / 3, 12);
  expect(summary.guessing.majority).toEqual({ name: "class 0", share: 1 / 3 });
});

test("curves read back: a corner before and at each threshold of an own picture, in between the ends of the ROC curve", () => {
  evaluated();
  const cellsOf = (name: string) => parseCsv(read(name), name).map(({ cells }) => cells);
  const roc = cellsOf("roc.csv");
  expect(roc[0]).toEqual(["class", "probability", "falsePositiveRate", "truePositiveRate"]);
  expect(roc.filter(([name]) => name === "class 1").map(([, , x, y]) => [Number(x), Number(y)])).toEqual([
    [0, 0],
    [0, 0.5],
    [0, 0.5],
    [0, 1],
    [1, 1],
  ]);
  const pr = cellsOf("pr.csv");
  expect(pr[0]).toEqual(["class", "probability", "recall", "precision"]);
  expect(pr.filter(([name]) => name === "class 1").map(([, , x, y]) => [Number(x), Number(y)])).toEqual([
    [0.5, 1],
    [0.5, 1],
    [1, 1],
  ]);
  const risks = cellsOf("risk-coverage.csv");
  expect(risks[0]).toEqual(["coverage", "confidence", "risk"]);
  expect(risks.at(-1)!.map(Number)).toEqual([1, expect.closeTo(0.5, 6), expect.closeTo(2 / 6, 12)]);
  for (const name of ["roc.svg", "pr.svg", "risk-coverage.svg"]) parseXml(read(name));
});

test("more than twelve classes have no drawn curves, and more than a hundred none in tables; areas are in summary.json", () => {
  const of = (classes: number): EvaluationScores => {
    const many = Array.from({ length: classes }, (_, i) =>
      Array.from({ length: classes }, (_, k) => (k === i ? 1 : 0)),
    );
    return savedOf(many, [...many.keys()]);
  };
  evaluated({}, of(13));
  expect(readdirSync(join(folder, "out"))).toEqual(expect.arrayContaining(["roc.csv", "pr.csv", "risk-coverage.svg"]));
  expect(readdirSync(join(folder, "out"))).not.toEqual(expect.arrayContaining(["roc.svg"]));
  rmSync(join(folder, "out"), { recursive: true });
  evaluated({}, of(101));
  expect(readdirSync(join(folder, "out")).filter((name) => /^(roc|pr)\./.test(name))).toEqual([]);
  expect(JSON.parse(read("summary.json")).macro).toMatchObject({ auc: 1, averagePrecision: 1 });
});

test("with groups there are intervals over them, too", () => {
  const file = join(folder, "groups.csv");
  writeFileSync(file, "path,group\n0.jpg,a\n1,a\n2.jpg,b\n3.jpg,b\n4.jpg,c\n5.jpg,c\n");
  const { result } = evaluated({ groups: file });
  const { groups } = evaluationSchema.parse(evaluationDocument(result));
  // Of the three groups, one or the other right: 1/2, 1 and 1/2.
  expect(groups).toMatchObject({ file, groups: 3, top1: { low: 0.5, high: 1 }, top5: { low: 1, high: 1 } });
  expect(() => evaluated({ groups: join(folder, "none.csv") })).toThrow(/none\.csv: no such file/);
});

test("a result without a mistake has a table of none", () => {
  evaluated({}, savedOf([rows[0]!, rows[3]!], [0, 1]));
  expect(parseCsv(read("mistakes.csv"), "")).toHaveLength(1);
});

test("every key of the schema says what it means where its name does not", () => {
  const described = Object.entries(evaluationSchema.shape).filter(([, value]) => value.description);
  expect(described.map(([key]) => key)).toEqual(expect.arrayContaining(["confused", "mistakes", "macro", "ties"]));
});

test("confusion.csv and mistakes.csv read back", () => {
  evaluated();
  const confusion = parseCsv(read("confusion.csv"), "confusion.csv").map(({ cells }) => cells);
  expect(confusion).toEqual([
    ["label \\ predicted", "class 0", "class 1", "class 2"],
    ["class 0", "1", "0", "1"],
    ["class 1", "0", "2", "0"],
    ["class 2", "1", "0", "1"],
  ]);
  const mistakes = parseCsv(read("mistakes.csv"), "mistakes.csv").map(({ cells }) => cells);
  expect(mistakes[0]!.slice(0, 3)).toEqual(["name", "label", "predicted"]);
  expect(mistakes[1]!.slice(0, 3)).toEqual(["1.jpg", "class 0", "class 2"]);
  for (const [i, value] of [0.1, 0.7, 2].entries()) expect(Number(mistakes[1]![3 + i])).toBeCloseTo(value, 6);
  expect(mistakes).toHaveLength(3);
  parseXml(read("confusion.svg"));
  parseXml(read("reliability.svg"));
});

test("above a thousand classes confusion.csv lists the pairs that occur, and there is no map", () => {
  const classes = Array.from({ length: 1001 }, (_, i) => `class ${i}`);
  const logits = new Float32Array(2 * 1001);
  logits[7] = 1;
  logits[1001 + 1000] = 1;
  const names = ["a.jpg", "b.jpg"];
  evaluated({}, { ...savedOf([[1]], [0]), classes, names, labels: Int32Array.of(7, 3), logits });
  expect(parseCsv(read("confusion.csv"), "confusion.csv").map(({ cells }) => cells)).toEqual([
    ["label", "predicted", "pictures"],
    ["class 3", "class 1000", "1"],
    ["class 7", "class 7", "1"],
  ]);
  expect(readdirSync(join(folder, "out"))).not.toContain("confusion.svg");
});

test("with a blacklist there are both numbers and both n", () => {
  const file = join(folder, "list.txt");
  writeFileSync(file, "1\n");
  const { result } = evaluated({ blacklist: file });
  const summary = evaluationSchema.parse(evaluationDocument(result));
  expect(summary.data.evaluated).toBe(6);
  expect(summary.blacklist).toMatchObject({ file, lines: 1, leftOut: 1, evaluated: 5, top1: { accuracy: 4 / 5 } });
});

test("of a set with some of the classes there are figures over all and within these", () => {
  const some = [
    [0.7, 0.2, 0.1],
    [0.2, 0.1, 0.7],
    [0.4, 0.2, 0.4],
    [0.1, 0.8, 0.1],
  ];
  const { result } = evaluated({}, savedOf(some, [0, 0, 1, 1], { subset: ["class 0", "class 1"] }));
  const { top1, classes, subset } = evaluationSchema.parse(evaluationDocument(result));
  expect([top1.accuracy, subset!.top1.accuracy]).toEqual([0.5, 0.75]);
  expect(subset!.loss).toBeCloseTo(-Math.log((7 / 9) * (2 / 3) * (1 / 3) * (8 / 9)) / 4, 6);
  expect(subset).toMatchObject({ classes: ["class 0", "class 1"], rule: expect.stringMatching(/own classes/) });
  expect(subset!.macro.recall).toBe(0.75);
  expect(classes.map(({ n }) => n)).toEqual([2, 2, 0]);
  const text = describeEvaluation(result).replaceAll(/\n {11}/g, " ");
  expect(text).toMatch(/^subset +the set has 2 of the model's 3 classes; all figures above are over all of them$/m);
  expect(text).toMatch(/^within +top-1 75\.00% .* these 2 classes alone$/m);
  expect(text).not.toMatch(/^class 2 +0/m);
});

test("an ensemble with gains and a dropped background keeps to the schema, too", () => {
  const gains = { crops: [1, 2], logits: logitsOf(rows.flatMap((row) => [...row, ...row])) };
  for (const name of ["a", "b"]) {
    const more = { gains, protocol: { ...protocolOf(name), background: true } };
    writeSaved(join(folder, name), savedOf(rows, labels, more));
  }
  recombine([join(folder, "a"), join(folder, "b")], { output: join(folder, "out") });
  const summary = evaluationSchema.parse(JSON.parse(read("summary.json")));
  expect(summary.models).toHaveLength(2);
  expect(summary.prefixes).toHaveLength(2);
  expect(summary.gains).toHaveLength(2);
  expect(summary.protocol.background).toMatch(/dropped/);
});
