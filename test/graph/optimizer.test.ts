import { describe, expect, test } from "vitest";
import { type OptimizerOptions, optimizerOf } from "../../src/graph/optimizer.ts";
import { applied } from "./applied.ts";
import { distance, uniform } from "./run.ts";

type Rule = (weight: number, slots: readonly number[], rate: number, gradient: number) => [number, ...number[]];

const one = (options: OptimizerOptions, starts?: readonly number[]) =>
  applied(options, [0], [{ rate: 0.1, gradient: [1] }], { starts });
const rmsprop = { name: "rmsprop", decay: 0.9, momentum: 0, epsilon: 1 } as const;

describe("TensorFlow's RMSProp: one step of w = 0, g = 1, rate 0.1", () => {
  test("the accumulator starts at 1 and epsilon is inside the root: 0.1 / sqrt(2)", () => {
    const { weights, slots } = one(rmsprop);
    expect(weights[0]).toBeCloseTo(-0.1 / Math.SQRT2, 7);
    expect(slots[0]![0]).toBeCloseTo(1, 6);
    expect(slots[1]![0]).toBeCloseTo(0.1 / Math.SQRT2, 7);
  });

  test("from an accumulator of 0: 0.1, and a step of 0.1 / sqrt(1.1)", () => {
    const { weights, slots } = one(rmsprop, [0, 0]);
    expect(weights[0]).toBeCloseTo(-0.1 / Math.sqrt(1.1), 7);
    expect(slots[0]![0]).toBeCloseTo(0.1, 7);
  });
});

const rules: [string, OptimizerOptions, Rule][] = [
  ["sgd", { name: "sgd" }, (w, _slots, rate, g) => [w - rate * g]],
  [
    "momentum",
    { name: "momentum", momentum: 0.9, nesterov: false },
    (w, [m], rate, g) => {
      const next = 0.9 * m! + g;
      return [w - rate * next, next];
    },
  ],
  [
    "Nesterov's momentum",
    { name: "momentum", momentum: 0.9, nesterov: true },
    (w, [m], rate, g) => {
      const next = 0.9 * m! + g;
      return [w - rate * (g + 0.9 * next), next];
    },
  ],
  [
    "RMSProp with momentum",
    { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 },
    (w, [s, m], rate, g) => {
      const square = 0.9 * s! + 0.1 * g * g;
      const next = 0.9 * m! + (rate * g) / Math.sqrt(square + 1);
      return [w - next, square, next];
    },
  ],
  [
    "RMSProp with another decay and a small epsilon",
    { name: "rmsprop", decay: 0.5, momentum: 0.3, epsilon: 1e-3 },
    (w, [s, m], rate, g) => {
      const square = 0.5 * s! + 0.5 * g * g;
      const next = 0.3 * m! + (rate * g) / Math.sqrt(square + 1e-3);
      return [w - next, square, next];
    },
  ],
];

test.each(rules)("%s: eight steps of changing rate agree with the formula to 1e-6", (_, options, rule) => {
  const next = uniform(5);
  const numbers = () => Array.from({ length: 6 }, () => Math.fround(next() * 4 - 2));
  const start = numbers();
  const steps = Array.from({ length: 8 }, (_, step) => ({ rate: 0.1 * 0.94 ** step, gradient: numbers() }));
  const expected = start.map((weight, i) =>
    steps.reduce(
      ([weight, ...slots], { rate, gradient }) => rule(weight!, slots, rate, gradient[i]!),
      [weight, ...optimizerOf(options).slots.map(({ initial }) => initial)],
    ),
  );
  const { weights, slots } = applied(options, start, steps);
  for (const [column, vector] of [weights, ...slots].entries())
    expect(
      distance(
        vector,
        expected.map((row) => row[column]!),
      ),
    ).toBeLessThan(1e-6);
});

// torch.optim.AdamW of PyTorch 2.13 with betas (0.9, 0.999), eps 1e-3 and the same rates and gradients: weights, exp_avg, exp_avg_sq.
const mean = [-0.010100895, -0.026618596, 0.10949399, -0.066390648, -0.0090214843, -0.053336401];
const meanSquare = [0.0062804054, 0.006782956, 0.0052896794, 0.0065911626, 0.0065993788, 0.0052876254];
test.each([
  [0.1, [1.6605482, -0.94855523, 0.28289798, -1.9728768, -0.2452067, 0.73595017]],
  [0, [1.7871276, -1.0189173, 0.30764574, -2.1302118, -0.25779551, 0.78613251]],
])("AdamW with a decay of %f: ten steps of changing rate end where PyTorch's do, to 1e-6", (weightDecay, expected) => {
  const steps = Array.from({ length: 10 }, (_, t) => ({
    rate: 0.1 * 0.94 ** t,
    gradient: Array.from({ length: 6 }, (_, i) => (((7 * i + 3 * t) % 11) - 5) / 4),
  }));
  const options = { name: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-3 } as const;
  const { weights, slots } = applied(options, [1.5, -0.75, 0.25, -2, 0, 0.5], steps, { weightDecay });
  expect(distance(weights, expected)).toBeLessThan(1e-6);
  expect(distance(slots[0]!, mean)).toBeLessThan(1e-6);
  // 1 - 0.999 in float32, which the correction of the count takes back.
  expect(distance(slots[1]!, meanSquare)).toBeLessThan(2e-5);
});
