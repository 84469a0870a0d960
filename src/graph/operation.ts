// How an operation becomes a node of the graph.
import type { Attributes, Dims, DType, Graph, Node, Value } from "./node.ts";

export const only = (values: Value[]): Value => values[0]!;
export const T = (value: Value): Attributes => ({ T: { type: value.dtype } });

/** An operation with one output that looks like its first input unless said otherwise. */
export function simple(graph: Graph, op: string, inputs: readonly Value[], more: Partial<Like> = {}): Value {
  const { dtype = inputs[0]!.dtype, shape = inputs[0]!.shape, attributes = T(inputs[0]!), name, after = [] } = more;
  return only(graph.add({ op, inputs, attributes, outputs: [{ dtype, shape }], name, after }));
}
type Like = { dtype: DType; shape: Dims; attributes: Attributes; name: string | undefined; after: readonly Node[] };
