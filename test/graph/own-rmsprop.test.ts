// RMSProp in one pass with decay, clipping and running average: against the formula, over several steps, and where a gate is closed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gateOn } from "../../src/graph/gate.ts";
import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { optimizerOf } from "../../src/graph/optimizer.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { entry, Vectors } from "../../src/graph/vectors.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { needs } from "../needs.ts";
import { distance, float32, random, raw } from "./run.ts";

const decay = 0.9;
const momentum = 0.8;
const epsilon = 0.5;
const weightDecay = 0.25;
const sizes = [3, 40_000, 17];
const size = sizes.reduce((a, b) => a + b);
const names = ["weights", "meanSquare", "momentum", "average"] as const;

function program(averaged: boolean, clipped: boolean): Uint8Array {
  const graph = new Graph();
  const vectors = new Vectors(graph);
  const [weights, meanSquare, accumulator, average] = names.map((name) => vectors.declare(name, size));
  vectors.finish();
  const [rate, clip, averageRate, figure] = ["rate", "clip", "average_rate", "figure"].map((name) =>
    op.placeholder(graph, name, "float32", []),
  );
  const bytes = op.placeholder(graph, "gradient", "string", []);
  const parts = op.split(graph, op.decodeRaw(graph, bytes, "float32", [size]), sizes, 0);
  const gate = gateOn(graph, [figure!]);
  const changed = optimizerOf({ name: "rmsprop", decay, momentum, epsilon }).whole!(graph, {
    weights: weights!,
    slots: [meanSquare!, accumulator!],
    rate: gate.open(rate!),
    gradient: op.joinVectors(graph, parts),
    weightDecay,
    clipFactor: clipped ? clip : undefined,
    average: averaged ? { vector: average!, rate: averageRate! } : undefined,
  });
  op.identity(graph, op.scalar(graph, 1), "step", [gate.after(changed, [])]);
  return savedModel(graph);
}

const starts = names.map((_, i) => random([size], i).data.map((x) => (i === 1 ? Math.abs(x) : x)));
const steps = [0.1, 0.05, 0.2].map((rate, i) => ({ rate, clip: 1 / (i + 1), gradient: random([size], 10 + i).data }));

const begin = (session: Session) =>
  session.run(Object.fromEntries(names.map((name, i) => [entry.assign(name), raw(starts[i]!)])), [entry.assigned]);
const read = (session: Session) =>
  session
    .run(
      {},
      names.map((name) => entry.read(name)),
    )
    .map(({ data }) => data as Float32Array);
const feedsOf = ({ rate, clip, gradient }: (typeof steps)[number], figure: number) => ({
  ...{ rate: float32(rate), clip: float32(clip), average_rate: float32(0.0625), figure: float32(figure) },
  gradient: raw(gradient),
});

function expected(averaged: boolean, clipped: boolean): Float64Array[] {
  const [weights, squares, moved, average] = starts.map((start) => Float64Array.from(start)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const { rate, clip, gradient } of steps)
    for (let i = 0; i < size; i++) {
      const slope = (gradient[i]! + weightDecay * weights[i]!) * (clipped ? clip : 1);
      squares[i] = decay * squares[i]! + (1 - decay) * slope * slope;
      moved[i] = momentum * moved[i]! + (rate * slope) / Math.sqrt(squares[i]! + epsilon);
      weights[i]! -= moved[i]!;
      if (averaged) average[i]! += 0.0625 * (weights[i]! - average[i]!);
    }
  return [weights, squares, moved, average];
}

describe.each([
  [true, true],
  [true, false],
  [false, true],
])("with a running average: %s, clipped: %s", (averaged, clipped) => {
  let session: Session;
  beforeAll(() => {
    session = openSession(program(averaged, clipped));
  });
  afterAll(() => session.close());

  test("three steps are those of the formula", needs("avx2"), () => {
    begin(session);
    for (const step of steps) session.run(feedsOf(step, 0), ["step"]);
    const exact = expected(averaged, clipped);
    for (const [i, vector] of read(session).entries()) expect(distance(vector, exact[i]!)).toBeLessThan(1e-6);
  });

  test("where a figure is not finite everything stays, and the next step is as good", needs("avx2"), () => {
    begin(session);
    for (const figure of [Number.NaN, Number.POSITIVE_INFINITY]) session.run(feedsOf(steps[0]!, figure), ["step"]);
    expect(read(session)).toEqual(starts);
    for (const step of steps) session.run(feedsOf(step, 0), ["step"]);
    expect(distance(read(session)[0]!, expected(averaged, clipped)[0]!)).toBeLessThan(1e-6);
  });
});
