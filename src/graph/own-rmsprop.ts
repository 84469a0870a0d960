// RMSProp by the project's own kernel (native/kernels/rmsprop.cc): decay, clipping, update and running average in one pass.
import { threads } from "./kernels.ts";
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import type { WholeUpdate } from "./update.ts";
import { partsOf } from "./weight-decay.ts";

type Constants = { readonly decay: number; readonly momentum: number; readonly epsilon: number };

export function ownRmsprop(graph: Graph, constants: Constants, update: WholeUpdate): Node[] {
  const { gradient, weights, slots, average, rate, clipFactor, weightDecay } = update;
  const kept = [weights, ...slots, ...(average ? [average.vector] : [])];
  const taken = kept.map((handle) => take(graph, handle, rate));
  const parts = partsOf(gradient);
  const one = op.scalar(graph, 1);
  const after = graph.add({
    op: "InceptionRmsprop",
    inputs: [...parts, ...taken.map(({ value }) => value), clipFactor ?? one, rate, average?.rate ?? one],
    attributes: {
      count: { int: parts.length },
      kept: { int: kept.length },
      weight_decay: { float: weightDecay },
      decay: { float: constants.decay },
      momentum: { float: constants.momentum },
      epsilon: { float: constants.epsilon },
      ...threads(graph),
    },
    after: taken.map(({ left }) => left),
  });
  return kept.map((handle, i) => op.assign(graph, handle, after[i]!));
}

/**
 * What the variable holds, which nothing else then has: the kernel writes over it, and no second vector is needed. Where
 * `rate` does not exist the variable keeps it.
 */
function take(graph: Graph, handle: Value, rate: Value): { readonly value: Value; readonly left: Node } {
  const value = op.readVariable(graph, handle);
  const left = op.forget(graph, handle, [value.node, op.identity(graph, rate).node]);
  return { value, left };
}
