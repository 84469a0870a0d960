// The loop by what it tells: the order of events, what is due when, stops, faults, and that a run taken up again is the same run.
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { permutation } from "../../src/images/random.ts";
import type { Position } from "../../src/train/training.ts";
import { type FakeOptions, type Told, trainFake } from "./fake-training.ts";

const numbers = ({ events }: Told, kind: string): number[] =>
  events.filter((event) => event.startsWith(kind)).map((event) => Number.parseInt(event.slice(kind.length + 1), 10));
const stepNumbers = (to: number): number[] => Array.from({ length: to }, (_, i) => i + 1);

test("steps, validations and checkpoints are told in the order in which they happen", async () => {
  const { events, position, inWork } = await trainFake({
    stepsPerEpoch: 2,
    train: { epochs: 2 },
    right: (steps) => (steps === 2 ? 3 : 1),
  });
  const validating = ["validating 2/4", "validating 4/4"];
  expect(events).toEqual([
    "step 1",
    "step 2",
    ...validating,
    "validated 2: 0.75, best 2",
    "save 2, weights of 2",
    "step 3",
    "step 4",
    ...validating,
    "validated 4: 0.25, best 2",
    "save 4, weights of 4",
  ]);
  expect(position).toEqual({ step: 4, best: { step: 2, top1: 0.75 }, validated: 4 });
  expect(inWork).toBe(0);
});

test("with averaged weights both are validated, and the averaged ones choose the best", async () => {
  const { events, position } = await trainFake({
    stepsPerEpoch: 1,
    train: { epochs: 3, averageDecay: 0.9 },
    right: (steps, kind) => (kind === "raw" ? 4 - steps : steps),
  });
  expect(events.filter((event) => event.startsWith("validated"))).toEqual([
    "validated 1: 0.75,0.25 best 1",
    "validated 2: 0.5,0.5 best 2",
    "validated 3: 0.25,0.75 best 3",
  ]);
  expect(position?.best).toEqual({ step: 3, top1: 0.75 });
});

describe("what is due when", () => {
  test("0.9 epochs over six: a validation at the first step after each 0.9, and at the end", async () => {
    const told = await trainFake({ stepsPerEpoch: 10, train: { epochs: 6 }, evaluate: { everyEpochs: 0.9 } });
    expect(numbers(told, "validated")).toEqual([9, 18, 27, 36, 45, 54, 60]);
    expect(numbers(told, "save")).toEqual([9, 10, 18, 20, 27, 30, 36, 40, 45, 50, 54, 60]);
  });

  const hundredths = [5, 10, 25, 30, 33, 50, 70, 75, 90, 99, 100, 110, 125, 150, 190, 200, 250, 300, 700];
  test.each(hundredths)("every %d hundredths of an epoch", async (hundredths) => {
    for (const stepsPerEpoch of [1, 3, 7, 8]) {
      const steps = 5 * stepsPerEpoch + 1;
      const told = await trainFake({ stepsPerEpoch, train: { steps }, evaluate: { everyEpochs: hundredths / 100 } });
      const multiples = stepNumbers(1000).map((k) => Math.ceil((k * hundredths * stepsPerEpoch) / 100));
      const due = stepNumbers(steps).filter((step) => step === steps || multiples.includes(step));
      expect(numbers(told, "validated")).toEqual(due);
      expect(numbers(told, "step")).toEqual(stepNumbers(steps));
      const saved = stepNumbers(steps).filter((step) => due.includes(step) || step % stepsPerEpoch === 0);
      expect(numbers(told, "save")).toEqual(saved);
    }
  });

  test("checkpoints come every so many steps beside those of the epochs, without a validation", async () => {
    const told = await trainFake({
      stepsPerEpoch: 5,
      train: { epochs: 2 },
      evaluate: { everyEpochs: 2 },
      checkpoint: { everySteps: 3 },
    });
    expect(numbers(told, "save")).toEqual([3, 5, 6, 9, 10]);
    expect(numbers(told, "validated")).toEqual([10]);
  });
});

describe("by the clock", () => {
  const options: FakeOptions = {
    stepsPerEpoch: 10,
    train: { epochs: 2 },
    evaluate: { everyEpochs: 2 },
    minutes: (event) => (event.startsWith("step") ? 1 : 0),
  };
  const every = (everyMinutes: number | null) => trainFake({ ...options, checkpoint: { everyMinutes } });

  test("a checkpoint comes at the first step so many minutes after the one before, whatever that was for", async () => {
    expect(numbers(await every(3.5), "save")).toEqual([4, 8, 10, 14, 18, 20]);
    expect(numbers(await every(15), "save")).toEqual([10, 20]);
    const slow = { ...options, minutes: () => 1000 };
    expect(numbers(await trainFake({ ...slow, checkpoint: { everyMinutes: null } }), "save")).toEqual([10, 20]);
  });

  test("and changes nothing else; from each the run goes on as the one that was not stopped", async () => {
    const [whole, often] = [await every(null), await every(1)];
    const others = ({ events }: Told) => events.filter((event) => !event.startsWith("save"));
    expect([others(often), often.position, often.steps]).toEqual([others(whole), whole.position, whole.steps]);
    expect(often.saved.map(({ step }) => step)).toEqual([...stepNumbers(20), 20]);
    for (const start of often.saved.filter(({ step }) => step % 7 === 0)) {
      const second = await trainFake(options, start);
      expect([second.position, second.steps]).toEqual([whole.position, whole.steps.slice(start.step)]);
    }
  });

  test("a long validation does not wait with it: the step is saved before and, validated, after it", async () => {
    const { events, saved } = await trainFake({
      stepsPerEpoch: 2,
      train: { epochs: 1 },
      checkpoint: { everyMinutes: 5 },
      minutes: (event) => (event.startsWith("validating") ? 6 : 1),
    });
    expect(events.slice(2)).toEqual([
      ...["validating 2/4", "save 2, weights of 2", "validating 4/4", "save 2, weights of 2"],
      ...["validated 2: 0.5, best 2", "save 2, weights of 2"],
    ]);
    expect(saved.map(({ validated }) => validated)).toEqual([0, 0, 2]);
  });
});

describe("a stop", () => {
  const options: FakeOptions = {
    stepsPerEpoch: 4,
    train: { epochs: 2.5, averageDecay: 0.9, microBatch: 1 },
    evaluate: { everyEpochs: 0.6 },
    checkpoint: { everySteps: 5 },
    right: (steps) => steps % 4,
  };
  const validations = ({ events }: Told) => events.filter((event) => event.startsWith("validated"));

  test("within an epoch saves the last step", async () => {
    const { events, position, inWork } = await trainFake({ ...options, stopAt: "step 2" });
    expect(events).toEqual(["step 1", "step 2", "save 2, weights of 2"]);
    expect(position).toMatchObject({ step: 2, validated: 0 });
    expect(inWork).toBe(0);
  });

  test("before any step saves what the run began with", async () => {
    const { events, position } = await trainFake({ ...options, stopAt: "nothing" });
    expect(events).toEqual(["save 0, weights of 0"]);
    expect(position).toEqual({ step: 0, best: null, validated: 0 });
  });

  test("in a validation gives no figures; the checkpoint says that they are missing", async () => {
    const { events, position } = await trainFake({ ...options, stopAt: "validating 2/4" });
    expect(numbers({ events } as Told, "validated")).toEqual([]);
    expect(events.at(-1)).toBe("save 3, weights of 3");
    expect(position).toEqual({ step: 3, best: null, validated: 0 });
  });

  test("before the first step leaves everything as it was", async () => {
    const start: Position = { step: 3, best: null, validated: 0 };
    const { events, position } = await trainFake({ ...options, stopAt: "validating 2/4" }, start);
    expect(events.filter((event) => !event.startsWith("validating"))).toEqual([]);
    expect(position).toEqual(start);
  });

  test.each([
    ...stepNumbers(10).map((step) => `step ${step}`),
    "validating 2/4",
    "save 3, weights of 3",
    "save 10, weights of 10",
  ])("at %j and a second sitting are together the run that was not stopped", async (stopAt) => {
    const whole = await trainFake(options);
    const first = await trainFake({ ...options, stopAt });
    expect(first.saved.at(-1)).toEqual(first.position);
    const second = await trainFake(options, first.position);
    expect(second.position).toEqual(whole.position);
    expect([...first.steps, ...second.steps]).toEqual(whole.steps);
    expect([...validations(first), ...validations(second)]).toEqual(validations(whole));
  });

  test.each([1, 3, 4, 5, 8])("and a crash after checkpoint number %d as well", async (at) => {
    const whole = await trainFake(options);
    const start = whole.saved[Math.min(at, whole.saved.length) - 1]!;
    const second = await trainFake(options, start);
    expect(second.position).toEqual(whole.position);
    expect(second.steps).toEqual(whole.steps.slice(start.step));
  });
});

test("a finished run that is taken up again does nothing", async () => {
  const end: Position = { step: 4, best: { step: 2, top1: 1 }, validated: 4 };
  const { events, position } = await trainFake({ stepsPerEpoch: 2, train: { epochs: 2 } }, end);
  expect(events).toEqual([]);
  expect(position).toBe(end);
});

test("a run that stopped at an epoch's end, before its validation, validates first and saves that it did", async () => {
  const start: Position = { step: 4, best: null, validated: 2 };
  const { events } = await trainFake({ stepsPerEpoch: 2, train: { epochs: 2 } }, start);
  expect(events).toEqual(["validating 2/4", "validating 4/4", "validated 4: 0.5, best 4", "save 4, weights of 4"]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "a loss of %d ends the run, names the pictures, saves nothing",
  async (loss) => {
    const told = await trainFake({
      ...{ stepsPerEpoch: 2, train: { epochs: 2 }, overflow: "Mixed_5b/b1x1/conv" },
      loss: (step) => (step === 3 ? loss : 1),
    });
    expect(told.error).toBeInstanceOf(UserError);
    expect((told.error as UserError).message).toMatch(
      /^step 3 gave a loss or gradient that is not finite, first in Mixed_5b\/b1x1\/conv \(what it gives\); its 2 pictures: t\d, t\d$/,
    );
    expect((told.error as UserError).exitCode).toBe(4);
    expect(numbers(told, "step")).toEqual([1, 2]);
    expect(numbers(told, "save")).toEqual([2]);
    expect(told.inWork).toBe(0);
  },
);

describe("a step that is not finite is skipped where that is wanted", () => {
  const bad = [3, 4, 7];
  const options = (inRow: number, total: number): FakeOptions => ({
    stepsPerEpoch: 4,
    train: { epochs: 2, onDivergence: { name: "skip-batch", inRow, total } },
    loss: (step) => (bad.includes(step) ? Number.NaN : 1),
  });

  test("and counted; the run goes on to its end, wherever it was stopped", async () => {
    const whole = await trainFake(options(2, 3));
    expect(numbers(whole, "step")).toEqual(stepNumbers(8));
    expect(whole.position).toMatchObject({ step: 8, skipped: { inRow: 0, total: 3 } });
    for (const step of bad) {
      const first = await trainFake({ ...options(2, 3), stopAt: `step ${step}` });
      expect(first.position!.skipped!.inRow).toBeGreaterThan(0);
      const second = await trainFake(options(2, 3), first.position);
      expect([second.position, [...first.steps, ...second.steps]]).toEqual([whole.position, whole.steps]);
    }
  });

  test.each([
    { most: [1, 3], at: 4, words: "1 steps in a row before it were skipped, 1 in all" },
    { most: [2, 2], at: 7, words: "0 steps in a row before it were skipped, 2 in all" },
  ] as const)("up to so many in a row and in all: $most", async ({ most: [inRow, total], at, words }) => {
    const { error, ...told } = await trainFake(options(inRow, total));
    expect((error as UserError).message).toMatch(new RegExp(`^step ${at} gave .* t\\d, t\\d; ${words}$`));
    expect((error as UserError).exitCode).toBe(4);
    expect(numbers({ ...told, error }, "step")).toEqual(stepNumbers(at - 1));
  });

  test("but not where weights are not finite: no other pictures mend them", async () => {
    const told = await trainFake({ ...options(9, 9), momentum: (steps) => (steps === 3 ? Number.NaN : 1) });
    expect((told.error as UserError).message).toMatch(/^step 3 gave .*, first in first \(momentum of kernel\)/);
  });
});

test.each([
  { when: "at a checkpoint", checkpoint: { everySteps: 3 } },
  { when: "when it is stopped", stopAt: "step 3" },
  { when: "at its end", train: { steps: 3 } },
])("a state that is not finite is not saved, and its layer and pictures are named: $when", async (options) => {
  const momentum = (steps: number): number => (steps === 3 ? Number.NEGATIVE_INFINITY : 1);
  const told = await trainFake({ stepsPerEpoch: 2, train: { epochs: 2 }, momentum, ...options });
  expect((told.error as UserError).message).toMatch(
    /^step 3 left values that are not finite, first in first \(momentum of kernel\); its 2 pictures: t\d, t\d$/,
  );
  expect((told.error as UserError).exitCode).toBe(4);
  expect(numbers(told, "save")).toEqual([2]);
  expect(told.inWork).toBe(0);
});

test.each(["raw", "average"] as const)(
  "NaN in a validation of %s weights ends the run with 4; they are neither saved nor the best",
  async (bad) => {
    const told = await trainFake({
      stepsPerEpoch: 2,
      train: { epochs: 3, averageDecay: 0.9 },
      right: (steps, kind) => (steps === 4 && kind === bad ? Number.NaN : 1),
    });
    expect((told.error as UserError).message).toBe(
      `step 4 (${bad === "raw" ? "raw" : "averaged"} weights) gives logits that are not finite (NaN), first for v0`,
    );
    expect((told.error as UserError).exitCode).toBe(4);
    expect(numbers(told, "save")).toEqual([2]);
    expect(told.inWork).toBe(0);
  },
);

describe("an unreadable picture", () => {
  test("is told when its batch's turn comes, each time", async () => {
    const { events } = await trainFake({ stepsPerEpoch: 1, train: { epochs: 2 }, bad: ["t1", "v2"] });
    const told = events.filter((event) => /^(t|v\d|step)/.test(event)).join();
    expect(told).toMatch(/^(t1: broken,)+step 1,v2: broken,(t1: broken,)+step 2,v2: broken$/);
  });

  const fifth = `t${permutation(42, 0, 8)[4]}`;
  test.each([
    ["of training", fifth],
    ["of a validation", "v2"],
  ])("%s that ends the run lets it save what was done before", async (_, name) => {
    const setting = { stepsPerEpoch: 4, train: { epochs: 1 }, evaluate: { everyEpochs: 0.5 }, bad: [name] };
    const { events, error, saved } = await trainFake({ ...setting, badFails: "data" });
    expect(error).toMatchObject({ reason: "data", message: `${name}: broken` });
    expect(events.filter((event) => !event.startsWith("validat")).slice(0, 2)).toEqual(["step 1", "step 2"]);
    expect(saved.map(({ step }) => step)).toEqual([2]);
    if (name === "v2") expect(events.slice(-2)).toEqual(["v2: broken", "save 2, weights of 2"]);
  });

  test.each([
    ["t1", []],
    ["v2", ["step 1", "validating 2/4"]],
  ])("%s ends the run where that is wanted", async (name, before) => {
    const told = await trainFake({ stepsPerEpoch: 1, train: { epochs: 2 }, bad: [name], badFails: true });
    expect(told.error).toEqual(new Error(`${name}: broken`));
    expect(told.events).toEqual([...before, `${name}: broken`]);
    expect(told.inWork).toBe(0);
  });
});

test("a batch goes in micro-batches, each picture once, with seeds of their own and the schedule's rates", async () => {
  const options = {
    stepsPerEpoch: 2,
    train: { batch: 4, epochs: 1, learningRate: 0.5, averageDecay: 0.9, batchNormDecay: 0.15 },
  } as const;
  const whole = await trainFake(options);
  const { steps } = await trainFake({ ...options, train: { ...options.train, microBatch: 1 } });
  expect(steps.map(({ microBatches }) => microBatches.length)).toEqual([4, 4]);
  for (const [i, { microBatches, rates }] of steps.entries()) {
    const [batch] = whole.steps[i]!.microBatches;
    expect(microBatches.flatMap(({ images }) => [...images])).toEqual([...batch!.images]);
    expect(microBatches.flatMap(({ labels }) => [...labels])).toEqual([...batch!.labels]);
    const averageRate = 1 - (1 + i) / (10 + i);
    expect(rates).toEqual({ learningRate: 0.5, averageRate, statisticsRate: [0.9, 0.85][i], update: i + 1 });
  }
  expect(new Set(steps.flatMap(({ microBatches }) => microBatches.map(({ seed }) => seed.join()))).size).toBe(8);
});
