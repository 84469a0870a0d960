// A compiled training step: the same to the bit every time, resumable, and what it does to each part of the state.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { TrainingOptions } from "../../src/graph/training-program.ts";
import { batchNorm, chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import { distance } from "./run.ts";
import { gradientsOf, openStep, type Pictures, pictures, type Step, type StepFigures, smallNetwork } from "./step.ts";

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

test("two passes make the step of one batch, where no batch norm ties the pictures together", () => {
  const plainTree = chain({ first: chain([conv(4, 3), relu]), globalPool, dense: dense(classes, 0.5) });
  const options = { size: 6, weightDecay: 0.01, clipNorm: 0.1, average: true } as const;
  const rates = { learningRate: 0.5, averageRate: 0.25 };
  const whole = { ...pictures(4, 6, classes), labels: [0, 3, 3, 1] };
  const [first, second] = halves(whole);

  const one = openStep(plainTree, { ...options, batch: 4 });
  const two = openStep(plainTree, { ...options, batch: 2, passes: 2 });
  one.initialize(5);
  two.initialize(5);
  // Twice: the sums must start again from zero.
  for (let i = 0; i < 2; i++) {
    const { loss, correct, regularization, gradientNorm } = one.train(whole, rates);
    const passes = [two.accumulate(first), two.accumulate(second)];
    const [decay, norm] = two.apply(rates);
    expect((passes[0]![0]! + passes[1]![0]!) / 2).toBeCloseTo(loss, 5);
    expect(passes[0]![2]! + passes[1]![2]!).toBe(correct);
    expect(decay).toBeCloseTo(regularization, 6);
    expect(norm! / gradientNorm).toBeCloseTo(1, 5);
    expect(gradientNorm).toBeGreaterThan(0.1);
  }
  const vectors = two.vectors();
  for (const [name, vector] of one.vectors())
    if (vector.length > 0) expect(distance(vectors.get(name)!, vector), name).toBeLessThan(1e-6);
  expect(vectors.get("gradient/kernels")!.every((value) => value === 0)).toBe(true);
  one.close();
  two.close();
});

describe("what a step does to the state", () => {
  const tree = chain({ bn: batchNorm(true), globalPool, dense: dense(classes, 0.5) });

  test("statistics move towards the batch's mean and its unbiased variance", () => {
    const input = pictures(2, 2, classes);
    const decay = 0.9;
    const step = openStep(tree, { size: 2, batch: 2, batchNormDecay: decay });
    step.initialize(1);
    step.train(input);
    const moving = step.read();
    step.close();
    for (let channel = 0; channel < 3; channel++) {
      const values = [...input.images].filter((_, i) => i % 3 === channel).map((byte) => (byte * 2) / 255 - 1);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      expect(moving.get("bn/movingMean")!.data[channel]).toBeCloseTo((1 - decay) * mean, 6);
      expect(moving.get("bn/movingVariance")!.data[channel]).toBeCloseTo(decay + (1 - decay) * variance, 6);
    }
  });

  test("averages follow weights and statistics at their rate", () => {
    const step = openStep(tree, { size: 4, batch: 2, average: true });
    step.initialize(1);
    const start = step.vectors();
    step.train(pictures(2, 4, classes), { learningRate: 0.3, averageRate: 0.25 });
    const end = step.vectors();
    step.close();
    for (const group of ["kernels", "scalars", "statistics"]) {
      const [from, to] = [start.get(group)!, end.get(group)!];
      expect(distance(to, from), group).toBeGreaterThan(1e-3);
      const expected = from.map((value, i) => value + 0.25 * (to[i]! - value));
      expect(distance(end.get(`average/${group}`)!, expected), group).toBeLessThan(1e-6);
    }
  });

  test("weight decay pulls on kernels alone, and its loss is half their squares", () => {
    const step = openStep(tree, { size: 4, batch: 1, weightDecay: 0.5 });
    step.initialize(1);
    const kernel = step.read().get("dense/kernel")!.data;
    const { regularization } = step.train({ ...pictures(1, 4, classes), labels: [-1] });
    const gradient = gradientsOf(step);
    step.close();
    const squares = kernel.reduce((sum, value) => sum + value * value, 0);
    expect(regularization).toBeCloseTo((0.5 * squares) / 2, 6);
    for (const [name, { data }] of gradient)
      if (name === "dense/kernel") expect([...data]).toEqual([...kernel].map((value) => value * 0.5));
      else
        expect(
          [...data].every((value) => value === 0),
          name,
        ).toBe(true);
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

function halves({ images, labels }: Pictures): [Pictures, Pictures] {
  const [bytes, count] = [images.length / 2, labels.length / 2];
  return [
    { images: images.slice(0, bytes), labels: labels.slice(0, count) },
    { images: images.slice(bytes), labels: labels.slice(count) },
  ];
}
