import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { type OptimizerOptions, optimizerOf } from "../../src/graph/optimizer.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import type { Precision } from "../../src/graph/update.ts";
import { entry, Vectors } from "../../src/graph/vectors.ts";
import type { Variable } from "../../src/interpret/parameters.ts";
import { openSession } from "../../src/runtime/session.ts";
import { float32, raw } from "./run.ts";

type Weights = { readonly weights: Float32Array; readonly slots: readonly Float32Array[] };
/** Starts from these weights, the slots from `starts` or the optimizer's own values, and applies one gradient after the other. */
export function applied(
  options: OptimizerOptions,
  weights: readonly number[],
  steps: readonly { rate: number; gradient: readonly number[] }[],
  {
    starts,
    weightDecay = 0,
    variables = [],
    precision = "float32",
  }: {
    readonly starts?: readonly number[] | undefined;
    readonly weightDecay?: number;
    readonly variables?: readonly Variable[];
    readonly precision?: Precision;
  } = {},
): Weights {
  const graph = new Graph();
  const optimizer = optimizerOf(options);
  const size = weights.length;
  const vectors = new Vectors(graph);
  const variable = vectors.declare("weights", size);
  const slots = optimizer.slots.map(({ name }) => vectors.declare(name, size));
  vectors.finish();
  const rate = op.placeholder(graph, "rate", "float32", []);
  const count = op.placeholder(graph, "count", "float32", []);
  const gradient = op.decodeRaw(graph, op.placeholder(graph, "gradient", "string", []), "float32", [size]);
  const before = op.readVariable(graph, variable);
  const update = optimizer.apply(graph, {
    variables,
    weights: variable,
    before,
    slots,
    rate,
    gradient,
    count,
    weightDecay,
    precision,
  });
  op.identity(graph, op.scalar(graph, 1), "step", [update]);

  const session = openSession(savedModel(graph));
  const feeds = optimizer.slots.map(({ name, initial }, i) => [
    entry.assign(name),
    raw(new Float32Array(size).fill(starts?.[i] ?? initial)),
  ]);
  session.run({ [entry.assign("weights")]: raw(Float32Array.from(weights)), ...Object.fromEntries(feeds) }, [
    entry.assigned,
  ]);
  for (const [i, { rate, gradient }] of steps.entries())
    session.run({ rate: float32(rate), count: float32(i + 1), gradient: raw(Float32Array.from(gradient)) }, ["step"]);
  const names = ["weights", ...optimizer.slots.map(({ name }) => name)];
  const [first, ...rest] = session.run({}, names.map(entry.read)).map(({ data }) => data as Float32Array);
  session.close();
  return { weights: first!, slots: rest };
}
