// A training step is the same to the last bit when repeated, started anew, or stopped and gone on with.
import { afterEach, describe, expect, test } from "vitest";
import type { TrainingOptions } from "../../src/graph/training-options.ts";
import {
  batchNorm,
  chain,
  concat,
  conv,
  dense,
  dropout,
  globalPool,
  maxPool,
  relu,
  tap,
} from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { digests, type OpenedStep, openStep, pictures, type StepFigures, smallNetwork } from "./step.ts";

const everything: Partial<TrainingOptions> = { weightDecay: 4e-5, clipNorm: 2, average: true };
const momentum = { name: "momentum", momentum: 0.9, nesterov: false } as const;
const rmsprop = { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 } as const;
const muon = { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 1 } as const;

const opened: OpenedStep[] = [];
afterEach(() => {
  for (const step of opened.splice(0)) step.close();
});
function open(
  network: Layer,
  options: { size: number; batch: number } & Partial<TrainingOptions>,
  seed = 1,
): OpenedStep {
  const step = openStep(network, options);
  opened.push(step);
  step.initialize(seed);
  return step;
}

describe("the complete V3 step, small, everything on", () => {
  const size = 29;
  const network = smallNetwork({ dropout: 0.2 }, size);
  test.each(["float32", "bfloat16"] as const)("%s: repeated, in two sessions, and resumed", (precision) => {
    const options = { ...everything, size, batch: 2, precision, optimizer: momentum };
    const whole = open(network, options);
    const start = whole.vectors();
    // From momentum 0 the step leaves the gradient itself there.
    const once = () => {
      whole.assign(start);
      return { figures: train(whole, 0, 1, size), state: digests(whole) };
    };
    const first = once();
    expect(first.figures[0]!.gradientNorm).toBeGreaterThan(0);
    for (let i = 0; i < 5; i++) expect(once()).toEqual(first);

    const losses = [...first.figures, ...train(whole, 1, 4, size)];
    const stopped = open(network, options);
    expect(train(stopped, 0, 2, size)).toEqual(losses.slice(0, 2));
    const resumed = open(network, options, 99);
    resumed.assign(stopped.vectors());
    expect(train(resumed, 2, 4, size)).toEqual(losses.slice(2));
    expect(digests(resumed)).toEqual(digests(whole));
  });
});

describe("stopped after any step, saved and gone on with in another session", () => {
  const size = 8;
  const unit = (filters: number) => chain({ conv: conv(filters, 3), batchNorm: batchNorm(true), relu });
  const head = chain({ pool: globalPool, dropout: dropout(0.3), dense: dense(5, 0.1) });
  const network = chain({
    stem: unit(8),
    auxiliary: tap(head),
    mixed: concat({ a: unit(6), pool: chain([maxPool(3), conv(4, 1)]) }),
    head,
  });
  const steps = 5;
  const optimizers = [{ name: "sgd" }, momentum, { ...momentum, nesterov: true }, rmsprop, muon] as const;
  const cases = optimizers.flatMap((optimizer) =>
    [true, false].map((average) => ({ ...everything, optimizer, average, size, batch: 3 })),
  );

  test.each(cases)("$optimizer.name, average $average: as if it had never stopped", (options) => {
    const [straight, stopped, resumed] = [open(network, options), open(network, options), open(network, options, 99)];
    const losses = train(straight, 0, steps, size);
    for (let at = 1; at < steps; at++) {
      expect(train(stopped, at - 1, at, size)).toEqual([losses[at - 1]]);
      resumed.assign(stopped.vectors());
      expect(train(resumed, at, steps, size)).toEqual(losses.slice(at));
      expect(digests(resumed)).toEqual(digests(straight));
    }
  });

  test.each([
    ["the weights", /^(kernels|scalars)$/, 0],
    ["the optimizer's vectors", /^(meanSquare|momentum)/, 0],
    ["the statistics", /^statistics$/, 0],
    ["the average", /^average/, 0],
    ["the seed of the dropout", /^$/, 1],
  ])("without %s it is another run", (_, forgotten, seedShift) => {
    const [stopped, resumed] = [0, 99].map((seed) =>
      open(network, { ...everything, size, batch: 3, optimizer: rmsprop }, seed),
    ) as [OpenedStep, OpenedStep];
    train(stopped, 0, 2, size);
    const fresh = resumed.vectors();
    const kept = [...stopped.vectors()].map(([name, vector]): [string, Float32Array] => [
      name,
      forgotten.test(name) ? fresh.get(name)! : vector,
    ]);
    resumed.assign(new Map(kept));
    train(stopped, 2, 4, size);
    train(resumed, 2, 4, size, seedShift);
    expect(digests(resumed)).not.toEqual(digests(stopped));
  });

  test("another seed is another run", () => {
    const [one, other] = [1, 2].map((seed) => open(network, { ...everything, size, batch: 3 }, seed)) as [
      OpenedStep,
      OpenedStep,
    ];
    expect(train(one, 0, 1, size)).not.toEqual(train(other, 0, 1, size));
  });
});

/** Steps `from` to `to`, each with its own pictures and seed. */
function train(step: OpenedStep, from: number, to: number, size: number, seedShift = 0): StepFigures[] {
  const batch = size > 8 ? 2 : 3;
  return Array.from({ length: to - from }, (_, i) =>
    step.train(pictures(batch, size, 5, from + i), {
      learningRate: 0.05,
      averageRate: 0.2,
      seed: from + i + seedShift * 1000,
    }),
  );
}
