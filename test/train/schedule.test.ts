import fc from "fast-check";
import { expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { learningRate, runLength, timesBy, warmedDecay } from "../../src/train/schedule.ts";

const trainOf = (train: object) => experimentSchema.parse({ data: { train: "x" }, train }).train;
const length = { stepsPerEpoch: 10, steps: 1000 };

test("the paper's staircase: 0.045, times 0.94 every two epochs (section 8 of arXiv 1512.00567)", () => {
  const at = (epoch: number) => learningRate(trainOf({}), epoch * 10, length);
  expect(at(0)).toBe(0.045);
  expect(at(1)).toBe(0.045);
  expect(at(2)).toBeCloseTo(0.0423, 10);
  expect(at(99)).toBeCloseTo(0.00217, 5);
});

/** ceil(k * everyEpochs * stepsPerEpoch) in whole numbers, of epochs in thousandths. */
const exactStep = (k: number, thousandths: number, stepsPerEpoch: number): number =>
  Number((BigInt(k) * BigInt(thousandths) * BigInt(stepsPerEpoch) + 999n) / 1000n);

const every = fc.record({
  thousandths: fc.integer({ min: 1, max: 20_000 }),
  stepsPerEpoch: fc.integer({ min: 1, max: 50_000 }),
  k: fc.integer({ min: 1, max: 5000 }),
});

test("the k-th time of what comes every so many epochs is the first step at or after that multiple", () => {
  fc.assert(
    fc.property(every, ({ thousandths, stepsPerEpoch, k }) => {
      const step = exactStep(k, thousandths, stepsPerEpoch);
      const by = (step: number) => timesBy(step, thousandths / 1000, { stepsPerEpoch, steps: 1 });
      expect(by(step)).toBeGreaterThanOrEqual(k);
      expect(by(step - 1)).toBeLessThan(k);
    }),
    { numRuns: 2000 },
  );
});

test.each([0.1, 0.3, 0.7, 0.9, 1.1, 2])("the staircase's cut k comes at that step, every %d epochs", (everyEpochs) => {
  for (const stepsPerEpoch of [1, 3, 7, 10, 100, 1251]) {
    const train = trainOf({ learningRate: 1, schedule: { name: "exponential", factor: 0.5, everyEpochs } });
    const rate = (step: number) => learningRate(train, step, { stepsPerEpoch, steps: 1e6 });
    for (let k = 1; k <= 50; k++) {
      const step = exactStep(k, Math.round(everyEpochs * 1000), stepsPerEpoch);
      expect(rate(step)).toBeLessThanOrEqual(0.5 ** k);
      expect(rate(step - 1)).toBeGreaterThanOrEqual(0.5 ** (k - 1));
    }
  }
});

test("cosine ends at its final share, one-cycle rises and falls, warm-up is linear", () => {
  const cosine = trainOf({ learningRate: 1, schedule: { name: "cosine", final: 0.1 } });
  expect(learningRate(cosine, 0, length)).toBe(1);
  expect(learningRate(cosine, 500, length)).toBeCloseTo(0.55, 10);
  expect(learningRate(cosine, 1000, length)).toBeCloseTo(0.1, 10);
  const cycle = trainOf({ learningRate: 1, schedule: { name: "one-cycle", rise: 0.25, start: 0.1, final: 0.01 } });
  expect(learningRate(cycle, 0, length)).toBeCloseTo(0.1, 10);
  expect(learningRate(cycle, 250, length)).toBeCloseTo(1, 10);
  expect(learningRate(cycle, 1000, length)).toBeCloseTo(0.01, 10);
  const warm = trainOf({ learningRate: 1, warmupEpochs: 2, schedule: { name: "constant" } });
  expect([0, 9, 19, 20].map((step) => learningRate(warm, step, length))).toEqual([0.05, 0.5, 1, 1]);
});

test("the running average warms up as (1 + t) / (10 + t)", () => {
  expect(warmedDecay(0.9999, 0)).toBe(0.1);
  expect(warmedDecay(0.9999, 90)).toBe(0.91);
  expect(warmedDecay(0.5, 90)).toBe(0.5);
});

test("an epoch is the whole batches, at least one", () => {
  expect(runLength(trainOf({ batch: 32, epochs: 3 }), 100)).toEqual({ stepsPerEpoch: 3, steps: 9 });
  expect(runLength(trainOf({ batch: 32, epochs: 0.5 }), 100)).toEqual({ stepsPerEpoch: 3, steps: 2 });
  expect(runLength(trainOf({ batch: 32, steps: 7 }), 5)).toEqual({ stepsPerEpoch: 1, steps: 7 });
});
