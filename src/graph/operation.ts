// How an operation becomes a node of the graph.
import type { Attributes, Graph, Node, OperationName, Value } from "./node.ts";

export const outputOf = (node: Node, output: number): Value => ({ node, output, ...node.outputs[output]! });
export const only = (values: readonly Value[]): Value => values[0]!;
export const T = (value: Value): Attributes => ({ T: { type: value.dtype } });

/** An operation with one output; its only attribute is its first input's type unless said otherwise. */
export function simple(graph: Graph, op: OperationName, inputs: readonly Value[], more: Partial<More> = {}): Value {
  const { attributes = T(inputs[0]!), name, after = [] } = more;
  return only(graph.add({ op, inputs, attributes, name, after }));
}
type More = { attributes: Attributes; name: string | undefined; after: readonly Node[] };
