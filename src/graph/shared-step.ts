// A step that several processes take together: each has the gradient of its own pictures, and all make the same update.
import { sumOverAll, sumSentAs, type Together } from "./exchange.ts";
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import { type Per, per, type Trained, trained } from "./state.ts";

export type SharedStep = Pick<Together, "tasks"> & {
  /** What gradients cross as. */
  readonly wire: "float32" | "bfloat16";
};

/** What a process feeds of its own micro-batches, and gets of all: sums of loss and auxiliary loss by weight, right ones, the weight itself, stops. */
export const sharedFigures = ["loss", "auxiliaryLoss", "correct", "weight", "stops"] as const;

/** Sums over this process's micro-batches by their weights, and batch norm's statistics before and after them. */
type Own = { readonly gradient: Per<Trained, Value>; readonly before: Value; readonly after: Value };

/** Divides nothing by more than nothing where no picture counts. */
const leastWeight = 1e-30;

/**
 * Feeds `step_figures` (float32, [5]); with d for what a micro-batch keeps of the statistics, `statistics_kept` is d to the number of this
 * process's micro-batches, `statistics_left` d to that of those in the processes after it, and `statistics_step` d to that of all: the
 * statistics are then as if one process had seen all micro-batches in turn. Tells losses, right ones and stops of all.
 */
export function sharedStep(graph: Graph, { gradient, before, after }: Own, { tasks, wire }: SharedStep) {
  const together: Together = { tasks, program: "step" };
  const fed = (name: string): Value => op.placeholder(graph, name, "float32", []);
  const own = op.placeholder(graph, "step_figures", "float32", [sharedFigures.length]);
  const summed = sumOverAll(graph, own, together);
  const [loss, auxiliary, correct, all, stops] = sharedFigures.map((_, i) =>
    op.reshape(graph, op.slice(graph, summed, [i], [1]), []),
  ) as [Value, Value, Value, Value, Value];
  const weight = op.maximum(graph, all, op.scalar(graph, leastWeight));
  const losses = [loss, auxiliary].map((sum) => op.divide(graph, sum, weight));
  const moved = op.subtract(graph, after, op.multiply(graph, before, fed("statistics_kept")));
  const added = sumOverAll(graph, op.multiply(graph, moved, fed("statistics_left")), together);
  return {
    gradient: per(trained, (group) => op.divide(graph, sumSentAs(graph, gradient[group], wire, together), weight)),
    after: op.add(graph, op.multiply(graph, before, fed("statistics_step")), added),
    losses,
    told: [...losses, correct, stops],
  };
}

/** The entry `synchronize`, fed `is_source` (float32, []): 1 in one process, whose vectors all others get, and 0 in these. */
export function synchronize(graph: Graph, vectors: readonly { readonly handle: Value }[], { tasks }: SharedStep): void {
  const source = op.placeholder(graph, "is_source", "float32", []);
  const assigned = vectors.map(({ handle }): Node => {
    const own = op.multiply(graph, op.readVariable(graph, handle), source);
    return op.assign(graph, handle, sumOverAll(graph, own, { tasks, program: "step" }));
  });
  op.identity(graph, op.scalar(graph, 1), "synchronize", assigned);
}
