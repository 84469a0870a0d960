// A compiled training step gives the same bits from the same state: in another session, after a save, any number of times.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { TrainingOptions } from "../../src/graph/training-program.ts";
import { distance } from "./run.ts";
import { openStep, pictures, type Step, type StepFigures, smallNetwork } from "./step.ts";

const size = 75;
const batch = 2;
const classes = 5;
const network = smallNetwork({ width: 0.125, stemStride: 2, stemPool: true, dropout: 0.2 }, size);
const training: Partial<TrainingOptions> & { size: number; batch: number } = {
  size,
  batch,
  weightDecay: 4e-5,
  clipNorm: 2,
  optimizer: { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 },
  average: true,
};
const data = [1, 2, 3, 4].map((seed) => pictures(batch, size, classes, seed));
/** A step of its own rates and seed. */
const stepOn = (step: Step, number: number): StepFigures =>
  step.train(data[number]!, { learningRate: 0.045 / (number + 1), averageRate: 0.1, seed: 100 + number });

describe("a step is the same to the bit", () => {
  test("in two sessions, from the same seed and pictures", () => {
    const runs = [1, 2].map(() =>
      withStep(training, (step) => {
        step.initialize(3);
        return { figures: [0, 1, 2].map((number) => stepOn(step, number)), bits: bitsOf(step) };
      }),
    );
    expect(runs[1]).toEqual(runs[0]);
    expect(new Set(runs[0]!.figures.map(({ loss }) => loss)).size).toBe(3);
  });

  test("but another seed starts elsewhere, and draws other dropout masks", () => {
    withStep(training, (step) => {
      step.initialize(3);
      const start = step.vectors();
      const losses = [1, 1, 2].map((seed) => {
        step.assign(start);
        return step.train(data[0]!, { seed }).loss;
      });
      expect(losses[1]).toBe(losses[0]);
      expect(losses[2]).not.toBe(losses[0]);
      step.initialize(4);
      expect(distance(step.vectors().get("kernels")!, start.get("kernels")!)).toBeGreaterThan(0.5);
    });
  });

  test("when every vector is saved and given to a new session", () => {
    const saved = withStep(training, (step) => {
      step.initialize(3);
      for (const number of [0, 1]) stepOn(step, number);
      const vectors = step.vectors();
      return { vectors, figures: [2, 3].map((number) => stepOn(step, number)), bits: bitsOf(step) };
    });
    const resumed = withStep(training, (step) => {
      step.assign(saved.vectors);
      return { figures: [2, 3].map((number) => stepOn(step, number)), bits: bitsOf(step) };
    });
    expect(resumed.figures).toEqual(saved.figures);
    expect(resumed.bits).toEqual(saved.bits);
  });

  test.each([
    { precision: "float32", times: 20 },
    { precision: "bfloat16", times: 5 },
  ] as const)("$times times over from one state in $precision", ({ precision, times }) => {
    withStep({ ...training, precision }, (step) => {
      step.initialize(3);
      stepOn(step, 0);
      const start = step.vectors();
      const results = Array.from({ length: times }, () => {
        step.assign(start);
        return { figures: stepOn(step, 1), bits: bitsOf(step) };
      });
      expect(Object.values(results[0]!.figures).every(Number.isFinite)).toBe(true);
      for (const result of results) expect(result).toEqual(results[0]);
    });
  });
});

function withStep<T>(options: typeof training, use: (step: Step) => T): T {
  const step = openStep(network, options);
  try {
    return use(step);
  } finally {
    step.close();
  }
}

/** Every vector as its bytes, which tell -0 from 0. */
const bitsOf = (step: Step): Record<string, string> =>
  Object.fromEntries(
    [...step.vectors()].map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      createHash("sha256")
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest("hex"),
    ]),
  );
