// Options that stand for keys: which, and how a mistake in one is told.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { settings } from "../../src/cli/shorthands.ts";
import { parseExperiment } from "../../src/config/load.ts";

const text = "network: { name: googlenet }\ndata: { train: x, size: 224 }\ntrain: { steps: 5 }";

test("each changes its key, after --set", () => {
  const given = settings({ set: ["train.batch=8"], epochs: "3", batch: "16", lr: "0.5", size: "128" });
  const { experiment } = parseExperiment(text, "my.yaml", given);
  expect(experiment).toMatchObject({ data: { size: 128 }, train: { epochs: 3, batch: 16, learningRate: 0.5 } });
  expect(experiment.train.steps).toBeUndefined();
});

test("what is left out changes nothing", () => {
  expect(settings({ set: ["a=1"] })).toEqual(["a=1"]);
});

test("a mistake is told by the option's name", () => {
  const given = settings({ set: [], epochs: "zwei" });
  expect(() => parseExperiment(text, "my.yaml", given)).toThrow(
    '--epochs: train.epochs: expected a number above 0, got "zwei"',
  );
});

test("weights and photographs that are there are a path from here; other words are names", () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-from-"));
  expect(settings({ set: [], from: relative(".", folder) })).toMatchObject([
    { text: `train.from=${JSON.stringify(folder)}` },
  ]);
  expect(settings({ set: [], data: relative(".", folder) })).toMatchObject([
    { text: `data.train=${JSON.stringify(folder)}` },
  ]);
  expect(settings({ set: [], from: "googlenet" })).toMatchObject([{ text: 'train.from="googlenet"' }]);
  rmSync(folder, { recursive: true });
});
