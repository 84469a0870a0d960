// A learning rate of its own for each variable, whatever the optimizer.
import { elements, type Graph, type Node, type Value } from "./node.ts";
import * as op from "./operations.ts";
import type { Section } from "./state.ts";

/** For each element of a group's vector the share of its update that is taken back, 1 - rate; undefined where that is 0 for all. */
export function heldBack(
  graph: Graph,
  { extents }: Section,
  rateOf: ((name: string) => number) | undefined,
): Value | undefined {
  const runs: { rate: number; size: number }[] = [];
  for (const { variable } of extents) {
    const rate = rateOf?.(variable.name) ?? 1;
    const size = elements(variable.shape);
    const last = runs.at(-1);
    if (last?.rate === rate) last.size += size;
    else runs.push({ rate, size });
  }
  if (runs.every(({ rate }) => rate === 1)) return undefined;
  return op.joinVectors(
    graph,
    runs.map(({ rate, size }) => op.filled(graph, [size], 1 - rate)),
  );
}

type Update = {
  readonly slowed: Value;
  readonly step: Value;
  readonly apply: (gradient: Value) => Node;
};

/**
 * The optimizer's whole update, and then a share of it taken back: with every optimizer the update at a rate of each
 * element's own, since all are linear in the rate. Where that rate is 1 the bits are those of `apply` alone.
 */
export function applySlowed(graph: Graph, state: Value, before: Value, { slowed, step, apply }: Update): Node {
  const applied = apply(op.identity(graph, step, undefined, [before.node]));
  const moved = op.subtract(graph, op.readVariable(graph, state, [applied]), before);
  return op.assignSubtract(graph, state, op.multiply(graph, moved, slowed));
}
