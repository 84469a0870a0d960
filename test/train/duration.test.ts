// How long a run takes at a known pace, against the loop's own events; and the steps that fit.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { runSeconds, stepsWithin } from "../../src/train/duration.ts";
import type { Pace } from "../../src/train/pace.ts";
import type { Phase } from "../../src/train/phases.ts";
import { trainFake } from "./fake-training.ts";

const experimentOf = (train: object, evaluate: object = {}, checkpoint: object = {}) =>
  experimentSchema.parse({ data: { train: "x" }, train: { batch: 2, ...train }, evaluate, checkpoint });
const phaseOf = (first: number, end: number, more: Partial<Phase> = {}): Phase => ({
  ...{ name: "main", first, end, learningRate: 1, warmupEpochs: 0, frozen: [], views: 0 },
  ...{ plainFirst: false, brief: false, ...more },
});
const pace: Pace = { start: 1000, step: 1, feature: 0, validation: 0.001, save: 1e-6 };

const runs = fc.record({
  stepsPerEpoch: fc.integer({ min: 1, max: 7 }),
  steps: fc.integer({ min: 1, max: 30 }),
  everyEpochs: fc.constantFrom(0.3, 0.5, 1, 1.7, 4),
  everySteps: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
});

test("steps, validations and checkpoints are as many as the loop has", async () => {
  await fc.assert(
    fc.asyncProperty(runs, async ({ stepsPerEpoch, steps, everyEpochs, everySteps }) => {
      const checkpoint = everySteps === undefined ? {} : { everySteps };
      const { events } = await trainFake({ stepsPerEpoch, train: { steps }, evaluate: { everyEpochs }, checkpoint });
      const count = (kind: string): number => events.filter((event) => event.startsWith(`${kind} `)).length;
      const seconds = runSeconds(
        experimentOf({ steps }, { everyEpochs }, checkpoint),
        [phaseOf(0, steps)],
        { train: 2 * stepsPerEpoch, validation: 4 },
        [pace],
      );
      // The first step is in the start.
      expect(seconds).toBeCloseTo(1000 + count("step") - 1 + 0.001 * count("validated") + 1e-6 * count("save"), 9);
    }),
    { numRuns: 20 },
  );
});

test("a first phase adds the features of its versions and of the validation, and is saved once", () => {
  const experiment = experimentOf({ steps: 5, headFirst: { epochs: 3 } });
  const phases = [phaseOf(0, 30, { name: "head", views: 2, brief: true }), phaseOf(30, 35)];
  const head = { start: 7, step: 0.1, feature: 0.5, validation: 0, save: 3 };
  const main = { start: 11, step: 2, feature: 0, validation: 13, save: 5 };
  const seconds = runSeconds(experiment, phases, { train: 20, validation: 4 }, [head, main]);
  expect(seconds).toBeCloseTo(7 + 0.5 * (2 * 20 + 4) + 29 * 0.1 + 3 + (11 + 4 * 2 + 13 + 5), 10);
});

describe("the steps that fit", () => {
  const fits = async (seconds: number, most: number, of: (steps: number) => number) => {
    const asked: number[] = [];
    const steps = await stepsWithin(seconds, most, async (steps) => {
      asked.push(steps);
      return of(steps);
    });
    return { steps, asked: asked.length };
  };
  test("are the most that take no longer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e7 }),
        fc.integer({ min: 0, max: 1e7 }),
        fc.integer({ min: 1, max: 9 }),
        async (most, seconds, each) => {
          const { steps, asked } = await fits(seconds, most, (steps) => 5 + each * steps);
          expect(steps).toBe(Math.max(0, Math.min(most, Math.floor((seconds - 5) / each))));
          expect(asked).toBeLessThan(27);
        },
      ),
    );
  });
  test("are all where the whole length fits, which is asked first", async () => {
    expect(await fits(100, 10, (steps) => steps)).toEqual({ steps: 10, asked: 1 });
  });
});
