// Effects that only happen where figures are finite: TensorFlow leaves out an operation whose input, or whose predecessor, does not exist.
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";

export interface Gate {
  /** The value; what depends on it is left out where a figure is not finite. */
  readonly open: (value: Value) => Value;
  /** The value; what depends on it is left out where all figures are finite. */
  readonly closed: (value: Value) => Value;
  /** Comes after the effects of whichever side there is. */
  after(open: readonly Node[], closed: readonly Node[]): Node;
}

/** `figures`: float32 scalars. */
export function gateOn(graph: Graph, figures: readonly Value[]): Gate {
  const sound = op.all(graph, op.areFinite(graph, op.stack(graph, figures)));
  const [no, yes] = op.switchBy(graph, sound, sound);
  return {
    open: (value) => op.switchBy(graph, value, sound)[1],
    closed: (value) => op.switchBy(graph, value, sound)[0],
    after: (open, closed) =>
      op.merge(graph, [op.identity(graph, no, undefined, closed), op.identity(graph, yes, undefined, open)]).node,
  };
}
