// Ensembles of results: the mean over models, and a refusal that names the first difference.
import { describe, expect, test } from "vitest";
import type { Saved } from "../../src/evaluate/saved.ts";
import { combine } from "../../src/results/ensemble.ts";
import { gainCurve, summaryOf } from "../../src/results/summaries.ts";
import { logitsOf } from "../statistics/scores.ts";

const result = (path: string, rows: number[][], change: Partial<Saved> = {}): Saved => ({
  path,
  classes: ["a", "b"],
  names: rows.map((_, i) => `${i}.png`),
  labels: Int32Array.from(rows, (_, i) => i % 2),
  logits: logitsOf(rows.flat()),
  fingerprint: "0123456789abcdef",
  digests: rows.map((_, i) => `${i}`),
  listed: rows.length,
  rejected: [],
  protocol: {
    crops: "12",
    average: "probabilities",
    models: [
      {
        path,
        step: 1,
        weights: "raw",
        network: "inception-v3",
        size: 32,
        precision: "float32",
        resize: "",
        digest: path,
      },
    ],
  },
  ...change,
});
const one = result("one", [
  [0.9, 0.1],
  [0.75, 0.25],
]);
const two = result("two", [
  [0.5, 0.5],
  [0, 1],
]);

test("is the mean of its models and knows them all", () => {
  const both = combine([one, two]);
  for (const [i, value] of [0.7, 0.3, 0.375, 0.625].entries()) expect(Math.exp(both.logits[i]!)).toBeCloseTo(value, 6);
  expect(both.protocol.models.map(({ path }) => path)).toEqual(["one", "two"]);
  expect(both).not.toHaveProperty("path");
  expect([one, two, both].map((scores) => summaryOf(scores).top1.value)).toEqual([0.5, 0.75, 1]);
  expect(combine([one]).logits).toEqual(one.logits);
});

test("does not change the results that it is made of", () => {
  const before = one.logits.slice();
  combine([one, two]);
  expect(one.logits).toEqual(before);
});

test("has a gain curve where every model has one for the same crops", () => {
  const gains = (...values: number[]) => ({ crops: [1, 2], logits: logitsOf(values) });
  const first = { ...one, gains: gains(0, 1, 0.9, 0.1, 1, 0, 0.75, 0.25) };
  const second = { ...two, gains: gains(0.2, 0.8, 0.5, 0.5, 0, 1, 0, 1) };
  const both = combine([first, second]);
  expect(gainCurve(both).map(({ crops, summary }) => [crops, summary.top1.value])).toEqual([
    [1, 0.25],
    [2, 1],
  ]);
  expect(gainCurve(first).map(({ summary }) => summary.top1.value)).toEqual([0, 0.5]);
  expect(combine([first, two]).gains).toBeUndefined();
  expect(gainCurve(one)).toEqual([]);
});

test("of an ensemble and a single model weighs every model the same", () => {
  const three = result("three", [
    [0.1, 0.9],
    [0.2, 0.8],
  ]);
  const nested = combine([{ ...combine([one, two]), path: "pair" }, three]);
  const flat = combine([one, two, three]);
  for (const [i, value] of flat.logits.entries()) expect(nested.logits[i]).toBeCloseTo(value, 6);
  expect(nested.protocol).toEqual(flat.protocol);
});

test("takes no model twice, under whatever name", () => {
  expect(() => combine([one, { ...one, path: "copy" }])).toThrow(
    expect.objectContaining({
      reason: "usage",
      message: "copy: the model one is in one already, expected every model once",
    }),
  );
  const pair = { ...combine([one, two]), path: "pair" };
  expect(() => combine([pair, two])).toThrow("two: the model two is in pair already");
});

describe("is refused, naming the first difference, for", () => {
  test.each<[string, Partial<Saved>, RegExp]>([
    ["another class", { classes: ["a", "c"] }, /^two: class 2 is "c", expected "b" as in one$/],
    ["a class less", { classes: ["a"] }, /^two: class 2 is none, expected "b" as in one$/],
    ["other crops", { protocol: { ...two.protocol, crops: "144" } }, /^two: crops 144, expected 12 as in one$/],
    ["another rule", { protocol: { ...two.protocol, average: "logits" } }, /^two: average of logits, expected prob/],
    [
      "a picture that was edited",
      { digests: ["0", "x"] },
      /^two: the file of 1.png has other bytes, expected the same as/,
    ],
    ["other pictures", { fingerprint: "f" }, /^two: pictures with fingerprint f, expected 0123456789ab as in one$/],
    ["another label", { labels: Int32Array.of(0, 0) }, /^two: the label of 1.png is "a", expected "b" as in one$/],
    [
      "a picture that only one could read",
      { names: ["1.png"] },
      /^two: the pictures that could be read are others: 1 /,
    ],
  ])("%s", (_, change, message) => {
    expect(() => combine([one, { ...two, ...change }])).toThrow(
      expect.objectContaining({ reason: "usage", message: expect.stringMatching(message) }),
    );
  });
});
