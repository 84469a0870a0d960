// Programs that compute a convolution, or several side by side, and their gradients by each side.
import { convolutionGradients, sideBySideGradients } from "../graph/convolution-gradients.ts";
import { Graph } from "../graph/graph.ts";
import { type Kernels, nameOf, type Side, type Task } from "../graph/kernels.ts";
import type { DType, Node, Value } from "../graph/node.ts";
import * as op from "../graph/operations.ts";
import { fastConv2dTransformed, ownConv2d, transformFilter } from "../graph/own-convolution.ts";
import { savedModel } from "../graph/saved-model.ts";
import { type Dims, elements } from "../graph/shape.ts";
import { ownConvolutions } from "../graph/side-by-side.ts";
import { marginsOf } from "../network/grid.ts";
import { threads } from "../runtime/threads.ts";
import { type Convolution, racedSides } from "./convolutions.ts";

/** A filter and a gradient of the output for each part. */
type Held = {
  readonly x: Value;
  readonly filters: readonly Value[];
  readonly dys: readonly Value[];
  /** What stays of a filter, made before. */
  kept(filter: Value, from: (filter: Value) => Value): Value;
};

/** What a side has for this pass, part after part; as a training step has it. */
function computed(graph: Graph, of: Convolution, task: Task, side: Side, held: Held): readonly Value[] {
  const { window, output, parts } = of;
  const { x, filters, dys } = held;
  if (task.pass === "forward" || task.pass === "inference") {
    const read =
      task.pass === "inference" ? held.kept : (filter: Value, from: (filter: Value) => Value) => from(filter);
    const [first] = filters as [Value, ...Value[]];
    if (side === "tensorflow")
      return filters.map((filter) =>
        op.conv2d(
          graph,
          x,
          read(filter, (wide) => op.cast(graph, wide, of.dtype)),
          window,
        ),
      );
    if (parts.length > 1) return ownConvolutions(graph, x, filters, { window });
    if (task.pass === "forward" || side === "plain") return [ownConv2d(graph, x, first, window, side)];
    const transformed = read(first, (filter) => transformFilter(graph, filter, x.shape, window));
    return [fastConv2dTransformed(graph, x, [transformed, first.shape], window)];
  }
  const padding = marginsOf(window, [of.input[1]!, of.input[2]!]).map(([before]) => before);
  const convolved = { input: x, stride: window.stride, padding };
  const outputs = parts.map((filters) => output.toSpliced(3, 1, filters));
  const kernels: Kernels = Object.fromEntries(
    [task.filter, ...filters.map(({ shape }) => shape)].map((filter) => [nameOf({ ...task, filter }), side]),
  );
  const [ofInput, ...ofFilters] =
    parts.length > 1
      ? sideBySideGradients(graph, kernels, { ...convolved, filters, outputs }, () => dys)
      : convolutionGradients(graph, kernels, { ...convolved, filter: filters[0]!, output }, () => dys[0]!);
  return task.pass === "input" ? [ofInput!()] : ofFilters.map((make) => make());
}

/**
 * Fetch `begin` once. A run is `<pass>/<side>`: `<run>/one` computes all its numbers and gives the sum of some, `<run>/all`
 * gives all, and `x`, `filter` and `dy` give what they are computed from: numbers in [-0.5, 0.5) that its type has. All in
 * float32, parts side by side.
 */
export function convolutionProgram(
  of: Convolution,
  tasks: readonly Task[],
): { readonly bytes: Uint8Array; readonly runs: readonly string[] } {
  const graph = new Graph({ threads: threads() });
  const assigned: Node[] = [];
  const made = new Map<Value, Value>();
  const keep = (value: Value): Value => {
    const handle = op.variable(graph, `held/${assigned.length}`, value.dtype, value.shape);
    assigned.push(op.assign(graph, handle, value));
    const read = op.readVariable(graph, handle);
    made.set(read, value);
    return read;
  };
  const held = (shape: Dims, dtype: DType): Value => {
    const uniform = op.statelessUniform(graph, shape, op.integers(graph, [1, assigned.length]));
    const numbers = op.cast(graph, op.add(graph, uniform, op.scalar(graph, -0.5)), of.dtype);
    return keep(op.cast(graph, numbers, dtype));
  };
  const kept: Held["kept"] = (filter, from) => keep(from(made.get(filter)!));
  const give = (name: string, values: readonly Value[]): void => {
    const wide = values.map((value) => op.cast(graph, value, "float32"));
    op.identity(graph, wide.length > 1 ? op.concat(graph, wide, 3) : wide[0]!, name);
  };
  const x = held(of.input, of.dtype);
  const filters = of.parts.map((part) => held(of.filter.toSpliced(3, 1, part), "float32"));
  const dys = of.parts.map((part) => held(of.output.toSpliced(3, 1, part), of.dtype));
  give("x", [x]);
  give("filter", filters);
  give("dy", dys);
  const runs = tasks.flatMap((task) =>
    racedSides(task, of.parts).map((side) => {
      const name = `${task.pass}/${side}`;
      const values = computed(graph, of, task, side, { x, filters, dys, kept });
      op.identity(
        graph,
        op.addAll(
          graph,
          values.map((value) => firstOf(graph, value)),
        ),
        `${name}/one`,
      );
      give(`${name}/all`, values);
      return name;
    }),
  );
  op.identity(graph, op.scalar(graph, 1), "begin", assigned);
  return { bytes: savedModel(graph), runs };
}

const firstOf = (graph: Graph, value: Value): Value =>
  op.cast(graph, op.slice(graph, op.reshape(graph, value, [elements(value.shape)]), [0], [1]), "float32");
