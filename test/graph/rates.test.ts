// Rates of their own for some variables: what each moves by, with every optimizer, and the bits where the rate is 1.
import { afterAll, describe, expect, test } from "vitest";
import type { OptimizerOptions } from "../../src/graph/optimizer.ts";
import type { TrainingOptions } from "../../src/graph/training-options.ts";
import { batchNorm, chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import { distance } from "./run.ts";
import { type OpenedStep, openStep, pictures } from "./step.ts";

const network = chain({
  a: chain({ conv: conv(8, 3), batchNorm: batchNorm(true), relu }),
  pool: globalPool,
  dense: dense(3),
});
const shown = pictures(4, 6, 3);
const opened: OpenedStep[] = [];
afterAll(() => {
  for (const step of opened) step.close();
});

/** Weights and optimizer state after some steps at the rate of `learningRate`. */
function moved(steps: number, learningRate: number, options: Partial<TrainingOptions>) {
  const step = openStep(network, { size: 6, batch: 4, ...options });
  opened.push(step);
  step.initialize(1);
  const before = step.read();
  for (let i = 0; i < steps; i++)
    if ((options.microBatches ?? 1) > 1) {
      step.accumulate(shown, 0.5);
      step.accumulate(shown, 0.5);
      step.apply({ learningRate });
    } else step.train(shown, { learningRate });
  return { before, weights: step.read() };
}

const optimizers: OptimizerOptions[] = [
  { name: "sgd" },
  { name: "momentum", momentum: 0.9, nesterov: true },
  { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 0.1 },
  { name: "adamw", beta1: 0.9, beta2: 0.99, epsilon: 0.01 },
  { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 0.5 },
];
const rateOf = (name: string): number => (name.startsWith("a/") ? 0.25 : 1);

describe.each(optimizers)("with $name", (optimizer) => {
  test.each([1, 2])(
    "one step moves a variable by its share, and the others by the same bits (%i micro-batches)",
    (microBatches) => {
      const options = { optimizer, microBatches, weightDecay: 0.1, clipNorm: 1 };
      const plain = moved(1, 0.1, options);
      const slowed = moved(1, 0.1, { ...options, rateOf });
      for (const [name, { data }] of slowed.weights) {
        const [start, whole] = [plain.before.get(name)!.data, plain.weights.get(name)!.data];
        if (!name.startsWith("a/") || /moving/.test(name)) expect(data, name).toEqual(whole);
        else {
          const expected = start.map((value, i) => value + 0.25 * (whole[i]! - value));
          expect(whole, name).not.toEqual(start);
          // Rounding of the weights themselves, of size 1 and less.
          expect(Math.max(...data.map((value, i) => Math.abs(value - expected[i]!))), name).toBeLessThan(2e-7);
        }
      }
    },
  );

  test("one rate for all is a lower learning rate, over several steps", () => {
    const whole = moved(5, 0.025, { optimizer });
    const slowed = moved(5, 0.1, { optimizer, rateOf: () => 0.25 });
    for (const [name, { data }] of slowed.weights)
      expect(distance(data, whole.weights.get(name)!.data), name).toBeLessThan(1e-5);
  });
});
