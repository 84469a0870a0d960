import { describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { imbalanceWarning, lengthWarning, lossWatch } from "../../src/train/advice.ts";

const warning = (train: object, steps: number, stepsPerEpoch = 16) =>
  lengthWarning(experimentSchema.parse({ data: { train: "x" }, train }), { steps, stepsPerEpoch });

describe("a length that the recipe does not suit", () => {
  test("is a schedule that stays high in a short run", () => {
    expect(warning({}, 480)).toBe(
      "after 480 steps, the last, the learning rate is still 42% of the full one, so that the weights do not settle; leave train.schedule " +
        "to recipe: scratch, or set train.schedule.name to one-cycle",
    );
    expect(warning({}, 4_000_000, 40_036)).toBeUndefined();
    expect(warning({ schedule: { name: "one-cycle" } }, 480)).toBeUndefined();
    expect(warning({ schedule: { name: "constant" } }, 480)).toMatch(/still 100% of the full one/);
    expect(warning({ schedule: { name: "exponential", factor: 0.5, everyEpochs: 2 } }, 480)).toBeUndefined();
  });

  test("is one of hardly any steps, whatever the recipe", () => {
    expect(warning({ schedule: { name: "one-cycle" } }, 24)).toMatch(
      /^24 steps are too few to learn much in; set train\.epochs or train\.steps /,
    );
    expect(warning({}, 1)).toMatch(/^1 step is too few /);
    expect(warning({ schedule: { name: "one-cycle" } }, 100)).toBeUndefined();
  });
});

test("a class over five times as large as another is told, unless something makes up for it", () => {
  const told = (counts: number[], data: object = {}, train: object = {}) =>
    imbalanceWarning(experimentSchema.parse({ data: { train: "x", ...data }, train }), counts, ["cat", "dog", "owl"]);
  expect(told([30, 151, 40])).toBe(
    "dog (151) has over 5 times as many pictures as cat (30); train.classWeights: auto or " +
      "data.sampling: balanced has all count the same",
  );
  expect(told([30, 150, 40])).toBeUndefined();
  expect(told([0, 150, 40])).toMatch(/as cat \(0\)/);
  expect(told([30, 151, 40], { sampling: "balanced" })).toBeUndefined();
  expect(told([30, 151, 40], {}, { classWeights: "auto" })).toBeUndefined();
  expect(told([30, 151, 40], {}, { classWeights: { cat: 5 } })).toBeUndefined();
});

describe("a validation loss far above that of guessing", () => {
  const watching = (losses: readonly number[]) => {
    const watch = lossWatch(4);
    for (const loss of losses) watch.trained(loss);
    return watch;
  };
  const falling = Array.from({ length: 40 }, (_, i) => 1.4 - 0.02 * i);

  test("is told once, while the training loss falls", () => {
    const watch = watching(falling);
    expect(watch.validated(2.7)).toBeUndefined();
    expect(watch.validated(70)).toMatch(
      /^the validation loss \(70\.00\) is far above that of guessing \(ln 4 = 1\.39\) /,
    );
    expect(watch.validated(70)).toBeUndefined();
  });

  test("is no news where the training loss is no lower, or too little of it is known", () => {
    expect(watching([...falling].reverse()).validated(70)).toBeUndefined();
    expect(watching(falling.slice(0, 15)).validated(70)).toBeUndefined();
  });
});
