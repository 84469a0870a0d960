// Lists of several right labels: the published form and two of the project's, and what is wrong with others.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeEvaluation } from "../../src/cli/evaluation-report.ts";
import { evaluationDocument } from "../../src/results/evaluation-document.ts";
import { resultOf } from "../../src/results/evaluation-result.ts";
import { evaluationSchema } from "../../src/results/evaluation-schema.ts";
import { readRightLabels, rightClasses } from "../../src/results/right-labels.ts";
import { savedOf } from "../evaluate/saved-result.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-right-labels-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const list = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return readRightLabels(join(folder, name));
};
const classes = ["cat", "dog", "emu"];

test("the published form goes by the number of ImageNet's file names, whatever folder they lie in", () => {
  const names = ["n01/ILSVRC2012_val_00000003.JPEG", "ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"];
  const right = list("real.json", "[[2, 0], [], [1]]");
  expect(rightClasses(right, { names, classes })).toEqual([[1], [2, 0], []]);
  expect(right.of("ILSVRC2012_val_00000004.JPEG")).toBeUndefined();
  expect(right.of("ILSVRC2012_train_00000001.JPEG")).toBeUndefined();
});

test("lists of the project's own name pictures by path or file name, and classes by name", () => {
  const names = ["a/1.jpg", "b/2.jpg", "b/3.jpg", "b/4.jpg"];
  const csv = list("real.csv", "\ufefflabel,path\ncat,a/1.jpg\ndog,a/1.jpg\ncat,a/1.jpg\n,2.jpg\nemu,3.jpg\n");
  expect(rightClasses(csv, { names, classes })).toEqual([[0, 1], [], [2], undefined]);
  const lines = ['{"path": "a/1.jpg", "labels": ["cat", "dog"]}', "", '{"path": "2.jpg", "labels": []}'];
  const jsonl = list("real.jsonl", `${lines.join("\n")}\n{"path": "b/3.jpg", "labels": ["emu"], "note": 1}\n`);
  expect(rightClasses(jsonl, { names, classes })).toEqual([[0, 1], [], [2], undefined]);
});

test("a result has it beside the ordinary top-1, with the n of each", () => {
  const scores = savedOf(
    [
      [0.7, 0.2, 0.1],
      [0.1, 0.2, 0.7],
      [0.4, 0.4, 0.2],
    ],
    [0, 1, 2],
  );
  const right = list("some.csv", "path,label\n1.jpg,class 2\n2.jpg,class 0\n2.jpg,class 2\n");
  const result = resultOf(scores, { real: right });
  const { real, top1, data } = evaluationSchema.parse(evaluationDocument(result));
  expect([top1.accuracy, data.evaluated]).toEqual([1 / 3, 3]);
  expect(real).toMatchObject({ evaluated: 2, notListed: 1, withoutLabels: 0, labels: 3 });
  expect([real!.top1.accuracy, real!.ownLabelTop1.accuracy]).toEqual([0.75, 0]);
  expect(describeEvaluation(result).replaceAll(/\n {11}/g, " ")).toMatch(
    /^real +top-1 75\.00% .* of 2 pictures with 1\.50 right labels each, 0\.00% by the set's own label alone left out: 0 .*, 1 not on it$/m,
  );
});

test.each([
  ["index.json", "[[3]]", /"?ILSVRC2012_val_00000001\.JPEG has the class 3, expected an index below 3/],
  ["name.csv", "path,label\nILSVRC2012_val_00000001.JPEG,cow\n", /has the class "cow", expected one of the model's 3/],
  ["none.csv", "path,label\nother.jpg,cat\n", /none of the 1 pictures has a right label/],
  ["form.json", '{"a": [1]}', /form\.json: .*expected array/],
  ["broken.json", "[[1]", /broken\.json: /],
  [
    "line.jsonl",
    '{"path": "x", "labels": ["cat"]}\n{"path": "x", "labels": "cat"}\n',
    /line\.jsonl:2: labels: .*array/,
  ],
  ["header.csv", "name,label\n", /header\.csv:1: expected a header with path and label/],
  ["path.csv", "path,label\n,cat\n", /path\.csv:2: expected a path/],
  ["labels.txt", "", /labels\.txt: expected a \.json, \.csv or \.jsonl file/],
])("%s is refused in one sentence", (name, text, message) => {
  const names = ["ILSVRC2012_val_00000001.JPEG"];
  expect(() => rightClasses(list(name, text), { names, classes })).toThrow(message);
});

test("a list that is not there is named", () => {
  expect(() => readRightLabels(join(folder, "gone.json"))).toThrow(/gone\.json: no such file/);
});
