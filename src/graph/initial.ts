// Starting values of every variable, as a pure function of the seed.
import type { Variable } from "../interpret/parameters.ts";
import { elements, type Graph, type Value } from "./node.ts";
import * as op from "./operations.ts";
import { changing, type Group, groups, type Layout } from "./state.ts";

/** One vector for each group; a variable draws from the seed moved by its number in `whole`, the layout with nothing frozen. */
export function initialVectors(
  graph: Graph,
  { layout, whole, seed }: { layout: Layout; whole: Layout; seed: Value },
): Readonly<Record<Group, Value>> {
  const names = changing.flatMap((group) => whole[group].extents.map(({ variable }) => variable.name));
  const numbers = new Map(names.map((name, number) => [name, number]));
  const start = (variable: Variable): Value =>
    initialValue(graph, variable, op.add(graph, seed, op.integers(graph, [0, numbers.get(variable.name)!])));
  const filled = groups.filter((group) => group !== "frozen" || layout.frozen.size > 0);
  return Object.fromEntries(
    filled.map((group) => [
      group,
      op.joinVectors(
        graph,
        layout[group].extents.map(({ variable }) => start(variable)),
      ),
    ]),
  ) as Record<Group, Value>;
}

function initialValue(graph: Graph, { initial, shape }: Variable, seed: Value): Value {
  const size = [elements(shape)];
  switch (initial.kind) {
    case "zeros":
      return op.filled(graph, size, 0);
    case "ones":
      return op.filled(graph, size, 1);
    case "truncatedNormal":
      return op.multiply(graph, op.statelessTruncatedNormal(graph, size, seed), op.scalar(graph, initial.deviation));
  }
}
