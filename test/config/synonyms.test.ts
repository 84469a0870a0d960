// Names of other trainers: each points to a key that there is, and is no key itself.
import { expect, test } from "vitest";
import { allKeys } from "../../src/config/expected.ts";
import { parseExperiment } from "../../src/config/load.ts";
import { synonym, synonyms } from "../../src/config/synonyms.ts";

const keys = allKeys();

test("every one points to a key of the schema", () => {
  for (const [name, key] of synonyms) expect(keys, name).toContain(key);
});

test("case, hyphens and underscores make no difference; what is nobody's name points nowhere", () => {
  expect(["batch_size", "batchSize", "batch-size"].map(synonym)).toEqual(Array(3).fill("train.batch"));
  expect(["surely", "constructor"].map(synonym)).toEqual([undefined, undefined]);
});

test.each([
  ["train.lr=0.1", /: unknown key; did you mean train.learningRate\?$/],
  ["lr=0.1", /: unknown key; did you mean train.learningRate\?$/],
  ["data.imgsz=128", /: unknown key; did you mean data.size\?$/],
  ["train.batchSize=8", /: unknown key; did you mean train.batch\?$/],
  ["train.bacth=8", /: unknown key; did you mean train.batch\?$/],
  ["optimizer=adam", /: unknown key; did you mean train.optimizer\?$/],
  ["train.optimizer=adam", /expected a section, got "adam"; its name is train.optimizer.name$/],
])("%s is told with the key that is meant", (set, message) => {
  expect(() => parseExperiment("network: { name: googlenet }\ndata: { train: x }", "my.yaml", [set])).toThrow(message);
});
