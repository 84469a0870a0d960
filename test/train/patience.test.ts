// Early stopping: a run ends after so many validations without a better one, wherever it was interrupted before.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { patienceWarning } from "../../src/train/advice.ts";
import { isOutOfPatience, type Timed } from "../../src/train/timetable.ts";
import { type FakeOptions, type Told, trainFake } from "./fake-training.ts";

const validated = ({ events }: Told): number[] =>
  events.flatMap((event) => (event.startsWith("validated") ? [Number.parseInt(event.slice(10), 10)] : []));

/** A validation after each step, with so many of four pictures right. */
const stepwise = (right: readonly number[], patience: number | null): FakeOptions => ({
  stepsPerEpoch: 2,
  train: { steps: right.length, patience },
  evaluate: { everyEpochs: 0.5 },
  right: (steps) => right[steps - 1]!,
});

test("patience counts validations since the best one, in a row; an equal one is not better", async () => {
  const right = [1, 2, 2, 1, 3, 0, 1, 3, 4, 4];
  const ends = async (patience: number | null) => (await trainFake(stepwise(right, patience))).position;
  expect(await ends(1)).toEqual({ step: 3, best: { step: 2, top1: 0.5 }, validated: 3 });
  expect(await ends(2)).toEqual({ step: 4, best: { step: 2, top1: 0.5 }, validated: 4 });
  expect(await ends(3)).toEqual({ step: 8, best: { step: 5, top1: 0.75 }, validated: 8 });
  for (const patience of [4, 9, null])
    expect(await ends(patience)).toEqual({ step: 10, best: { step: 9, top1: 1 }, validated: 10 });
});

test("the last weights are saved, once, and nothing is in work any more", async () => {
  const { events, saved, inWork } = await trainFake(stepwise([2, 1, 1, 1], 1));
  expect(events.slice(-2)).toEqual(["validated 2: 0.25, best 1", "save 2, weights of 2"]);
  expect(saved.map(({ step }) => step)).toEqual([1, 2]);
  expect(inWork).toBe(0);
});

test("the averaged weights count where there are any, as they choose the best", async () => {
  const { position } = await trainFake({
    ...stepwise([1, 1, 1, 1], 2),
    train: { steps: 4, patience: 2, averageDecay: 0.9 },
    right: (steps, kind) => (kind === "average" ? steps : 1),
  });
  expect(position?.step).toBe(4);
});

const runs = fc.record({
  right: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }),
  stepsPerEpoch: fc.integer({ min: 1, max: 5 }),
  everyEpochs: fc.constantFrom(0.3, 0.5, 0.75, 1, 1.5, 2),
  everySteps: fc.integer({ min: 1, max: 5 }),
  patience: fc.integer({ min: 1, max: 4 }),
  interrupted: fc.integer({ min: 1, max: 12 }),
});

test("it ends where the run without patience had its first so many in a row, killed and resumed or not", async () => {
  await fc.assert(
    fc.asyncProperty(runs, async ({ right, patience, interrupted, everySteps, stepsPerEpoch, everyEpochs }) => {
      const options = (patience: number | null): FakeOptions => ({
        stepsPerEpoch,
        evaluate: { everyEpochs },
        checkpoint: { everySteps },
        train: { steps: right.length, patience },
        right: (steps) => right[steps - 1]!,
      });
      const whole = await trainFake(options(null));
      const steps = validated(whole);
      const accuracies = steps.map((step) => right[step - 1]!);
      const end = accuracies.findIndex((_, i) => {
        const best = Math.max(...accuracies.slice(0, i + 1));
        return i - accuracies.indexOf(best) >= patience;
      });
      const early = await trainFake(options(patience));
      expect(validated(early)).toEqual(end < 0 ? steps : steps.slice(0, end + 1));
      expect(early.position?.step).toBe(steps[end < 0 ? steps.length - 1 : end]);

      const first = await trainFake({ ...options(patience), stopAt: `step ${interrupted}` });
      expect((await trainFake(options(patience), first.position)).position).toEqual(early.position);
      for (const saved of early.saved)
        expect((await trainFake(options(patience), saved)).position).toEqual(early.position);
    }),
    { numRuns: 30 },
  );
});

test("taken up again it does nothing; without patience it goes on as if it had never had any", async () => {
  const right = [3, 1, 1, 1, 4, 2];
  const early = await trainFake(stepwise(right, 2));
  expect(early.position?.step).toBe(3);
  const again = await trainFake(stepwise(right, 2), early.position);
  expect([again.events, again.position]).toEqual([[], early.position]);
  const [on, whole] = [await trainFake(stepwise(right, null), early.position), await trainFake(stepwise(right, null))];
  expect(on.position).toEqual(whole.position);
  expect([...early.steps, ...on.steps]).toEqual(whole.steps);
});

const timed = (patience: number | null, everyEpochs: number, phase: object): Timed => ({
  experiment: experimentSchema.parse({ data: { train: "x" }, train: { patience }, evaluate: { everyEpochs } }),
  length: { stepsPerEpoch: 10, steps: 100 },
  phase: { first: 0, end: 100, brief: false, ...phase } as Timed["phase"],
});

describe("in a run of two phases", () => {
  const main = timed(2, 1, { first: 40 });
  test("validations count from the beginning of the second, even if the first one's is the best", () => {
    const at = (validated: number, best: number) =>
      isOutOfPatience(main, { step: validated, validated, best: { step: best, top1: 0.5 } });
    expect([at(50, 40), at(60, 40), at(60, 50), at(70, 50)]).toEqual([false, true, false, true]);
  });
  test("the first one, which is validated at its end alone, does not end early", () => {
    const head = timed(1, 1, { end: 40, brief: true });
    expect(isOutOfPatience(head, { step: 30, validated: 0, best: null })).toBe(false);
    expect(isOutOfPatience(head, { step: 40, validated: 40, best: { step: 40, top1: 0.1 } })).toBe(false);
  });
});

test("a patience that cannot end the run is warned of, with the number of validations", () => {
  const warning = (patience: number | null, everyEpochs: number, phase: object = {}) =>
    patienceWarning(timed(patience, everyEpochs, phase));
  expect(warning(10, 1)).toMatch(
    /^train\.patience is 10, which cannot end a run of 10 validations early; set evaluate\.every/,
  );
  expect(warning(9, 1)).toBeUndefined();
  expect(warning(1, 10, { first: 40 })).toMatch(/a run of 1 validation early/);
  expect(warning(1, 0.7, { end: 14 })).toBeUndefined();
  expect(warning(null, 10)).toBeUndefined();
});
