// Variables as pieces of their group's vector.
import { elements, type Graph, type Value } from "./node.ts";
import * as op from "./operations.ts";
import type { Group, Layout, Section } from "./state.ts";

/** Each variable as a piece of its group's vector, in its own shape. */
export function cut(graph: Graph, { extents, size }: Section, vector: Value): [string, Value][] {
  const sizes = extents.map(({ offset }, i) => (extents[i + 1]?.offset ?? size) - offset);
  const pieces = extents.length > 0 ? op.split(graph, vector, sizes, 0) : [];
  return pieces.map((piece, i) => [extents[i]!.variable.name, op.reshape(graph, piece, extents[i]!.variable.shape)]);
}

/** A group's vector from values of its variables. */
export const joined = (graph: Graph, layout: Layout, group: Group, values: ReadonlyMap<string, Value>): Value =>
  op.joinVectors(
    graph,
    layout[group].extents.map(({ variable }) => flattened(graph, values.get(variable.name)!)),
  );

const flattened = (graph: Graph, value: Value): Value => op.reshape(graph, value, [elements(value.shape)]);
