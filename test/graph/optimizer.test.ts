// Optimizers against their formulas in plain JavaScript, and clipping of the whole gradient.
import { describe, expect, test } from "vitest";
import { Graph } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { type OptimizerOptions, optimizerOf } from "../../src/graph/optimizer.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { entry, Vectors } from "../../src/graph/vectors.ts";
import { chain, dense, globalPool } from "../../src/network/build.ts";
import { openSession } from "../../src/runtime/session.ts";
import { distance, float32, random, raw } from "./run.ts";
import { gradientsOf, openStep, pictures } from "./step.ts";

describe("one step of RMSProp from w = 0 with g = 1, rate 0.1, epsilon 1", () => {
  const options = { name: "rmsprop", decay: 0.9, momentum: 0, epsilon: 1 } as const;
  test.each([
    { from: 1, to: 1, step: 0.1 / Math.sqrt(2) },
    { from: 0, to: 0.1, step: 0.1 / Math.sqrt(1.1) },
  ])("mean square $from -> $to", ({ from, to, step }) => {
    const end = steps(options, { weights: [0], meanSquare: [from], momentum: [0] }, [[1]], 0.1);
    expect(end.meanSquare![0]).toBeCloseTo(to, 7);
    expect(end.weights![0]).toBeCloseTo(-step, 7);
  });

  test("starts from a mean square of 1", () => {
    expect(optimizerOf(options).slots).toEqual([
      { name: "meanSquare", initial: 1 },
      { name: "momentum", initial: 0 },
    ]);
  });
});

describe("several steps agree with plain JavaScript", () => {
  const size = 6;
  const series = Array.from({ length: 5 }, (_, i) => [...random([size], i + 1).data]);
  const rate = 0.05;

  test.each<OptimizerOptions>([
    { name: "sgd" },
    { name: "momentum", momentum: 0.9, nesterov: false },
    { name: "momentum", momentum: 0.9, nesterov: true },
    { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 },
    { name: "rmsprop", decay: 0.99, momentum: 0, epsilon: 1e-3 },
  ])("%j", (options) => {
    const start = {
      weights: [...random([size], 50).data],
      ...Object.fromEntries(optimizerOf(options).slots.map(({ name, initial }) => [name, Array(size).fill(initial)])),
    };
    const end = steps(options, start, series, rate);
    for (let i = 0; i < size; i++) {
      const gradients = series.map((gradient) => gradient[i]!);
      expect(end.weights![i]).toBeCloseTo(descend(options, start.weights[i]!, gradients, rate), 5);
    }
  });
});

describe("clipping to a norm of 2", () => {
  // Without pictures, and with a weight decay of 1, the gradient is the kernel itself.
  test.each([
    { norm: 4, factor: 0.5 },
    { norm: 1, factor: 1 },
  ])("norm $norm is multiplied by $factor", ({ norm, factor }) => {
    const step = openStep(chain({ globalPool, dense: dense(4, 1) }), {
      size: 1,
      batch: 1,
      weightDecay: 1,
      clipNorm: 2,
    });
    step.initialize(1);
    const { shape, data } = random([3, 4], 8);
    const length = Math.hypot(...data);
    const kernel = data.map((value) => (value * norm) / length);
    step.write(new Map([["dense/kernel", { shape, data: kernel }]]));

    const figures = step.train({ ...pictures(1, 1, 4), labels: [-1] });
    const gradient = gradientsOf(step).get("dense/kernel")!.data;
    step.close();
    expect(figures.gradientNorm).toBeCloseTo(norm, 5);
    expect(
      distance(
        gradient,
        kernel.map((value) => value * factor),
      ),
    ).toBeLessThan(1e-6);
  });
});

type State = Readonly<Record<string, readonly number[]>>;

/** Applies each gradient in turn in the engine, from `weights` and the optimizer's slots. */
function steps(options: OptimizerOptions, start: State, series: readonly (readonly number[])[], rate: number): State {
  const graph = new Graph();
  const vectors = new Vectors(graph);
  const size = start.weights!.length;
  const optimizer = optimizerOf(options);
  const weights = vectors.declare("weights", size);
  const slots = optimizer.slots.map(({ name }) => vectors.declare(name, size));
  vectors.finish();
  const gradient = op.decodeRaw(graph, op.placeholder(graph, "gradient", "string", []), "float32", [size]);
  const learningRate = op.placeholder(graph, "rate", "float32", []);
  const applied = optimizer.apply(graph, weights, slots, learningRate, gradient);
  op.identity(graph, op.scalar(graph, 1), "apply", [applied]);

  const session = openSession(savedModel(graph));
  try {
    const names = Object.keys(start);
    session.run(Object.fromEntries(names.map((name) => [entry.assign(name), raw(Float32Array.from(start[name]!))])), [
      entry.assigned,
    ]);
    for (const one of series) session.run({ gradient: raw(Float32Array.from(one)), rate: float32(rate) }, ["apply"]);
    const end = session.run({}, names.map(entry.read));
    return Object.fromEntries(names.map((name, i) => [name, [...end[i]!.data]]));
  } finally {
    session.close();
  }
}

/** The same for one weight, from the optimizer's starting values. */
function descend(options: OptimizerOptions, start: number, gradients: readonly number[], rate: number): number {
  let [weight, momentum, meanSquare] = [start, 0, 1];
  for (const g of gradients) {
    switch (options.name) {
      case "sgd":
        weight -= rate * g;
        break;
      case "momentum":
        momentum = options.momentum * momentum + g;
        weight -= rate * (options.nesterov ? g + options.momentum * momentum : momentum);
        break;
      case "rmsprop":
        meanSquare = options.decay * meanSquare + (1 - options.decay) * g * g;
        momentum = options.momentum * momentum + (rate * g) / Math.sqrt(meanSquare + options.epsilon);
        weight -= momentum;
    }
  }
  return weight;
}
