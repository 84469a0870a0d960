// What --allow-drift takes.
import { expect, test } from "vitest";
import { readDrift } from "../../src/cli/drift.ts";
import { parseExperiment } from "../../src/config/load.ts";

const { experiment } = parseExperiment("network: { name: googlenet }\ndata: { train: x }", "my.yaml");

test("keys of the experiment and its pictures; of another word it says which was meant", () => {
  expect([...readDrift(["train.batch", "pictures"], experiment)]).toEqual(["train.batch", "pictures"]);
  expect(() => readDrift(["train.bacth"], experiment)).toThrow(/got "train.bacth"; did you mean train.batch\?/);
});
