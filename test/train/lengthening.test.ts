// A run taken up again with another length: what is said of its rate, what is refused, and the bits of the longer run.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Checkpoint } from "../../src/checkpoint/store.ts";
import type { RunFolder } from "../../src/run/folder.ts";
import { rateOfOtherLength } from "../../src/train/lengthening.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { bits, experimentOn, newFolder, type Sitting, shapes, sit } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let source: string;
let sets: Sets;
beforeAll(async () => {
  source = await shapes(folder);
  sets = await openSets(experimentOn(source));
});

const trained = (changes: string[], before?: RunFolder): Promise<Sitting> =>
  sit(experimentOn(source, ...changes), sets, { folder, ...(before && { before }) });

test.each([
  ["a rate by epochs gives the bits of the longer run", "{ name: exponential, everyEpochs: 0.25 }", true],
  ["a rate by the share of the run does not", "{ name: cosine }", false],
])("%s", async (_name, schedule, same) => {
  const rate = `train.schedule=${schedule}`;
  const short = await trained([rate, "train.steps=2"]);
  const longer = await trained([rate, "train.steps=4"], short.run);
  const straight = await trained([rate, "train.steps=4"]);
  expect(longer.newest.step).toBe(4);
  expect(JSON.stringify(bits(longer.newest.files)) === JSON.stringify(bits(straight.newest.files))).toBe(same);
});

const checkpoint = (step: number, ...changes: string[]) => ({
  step,
  state: { experiment: experimentOn(source, ...changes) } as unknown as Checkpoint["state"],
});
const said = (step: number, before: string[], after: string[]) =>
  rateOfOtherLength(checkpoint(step, ...before), experimentOn(source, ...after), sets);

test("what becomes of the rate is said: seven steps are an epoch", () => {
  const cosine = ["train.learningRate=0.1", "train.schedule={ name: cosine }"];
  expect(said(14, [...cosine, "train.epochs=2"], [...cosine, "train.epochs=2"])).toBeUndefined();
  expect(said(14, [...cosine, "train.epochs=2"], [...cosine, "train.epochs=4"])).toBe(
    "14 -> 28 steps: cosine of the new length from step 14 on, where it is 0.05 and was 0",
  );
  const constant = ["train.learningRate=0.1", "train.schedule={ name: constant }"];
  expect(said(14, [...constant, "train.epochs=2"], [...constant, "train.steps=24"])).toBe(
    "14 -> 24 steps: goes on as it was, 0.1 at step 14",
  );
});

test("what the run has passed is refused, and a shorter run that it has not is not", () => {
  expect(() => said(14, ["train.epochs=3"], ["train.epochs=1"])).toThrow(
    "train.epochs: expected at least the 14 steps that the run has taken, got 7",
  );
  expect(() => said(14, ["train.epochs=3"], ["train.steps=13"])).toThrow("train.steps: expected at least the 14 steps");
  expect(said(14, ["train.epochs=3"], ["train.epochs=2"])).toMatch(/^21 -> 14 steps: goes on as it was/);
});
