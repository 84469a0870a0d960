// The convolutions of a network, each shape once, and programs that compute one of them on either side.
import { convolutionGradients } from "../graph/convolution-gradients.ts";
import { convolutionType } from "../graph/forward.ts";
import { Graph } from "../graph/graph.ts";
import { ableSides, nameOf, passes, type Side, type Task } from "../graph/kernels.ts";
import type { DType, Node, Value } from "../graph/node.ts";
import * as op from "../graph/operations.ts";
import { ownConv2d } from "../graph/own-convolution.ts";
import { savedModel } from "../graph/saved-model.ts";
import { type Dims, elements } from "../graph/shape.ts";
import { type Shape, trace } from "../interpret/shapes.ts";
import { marginsOf } from "../network/grid.ts";
import type { Layer, Window } from "../network/layer.ts";
import { features } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";

export interface Convolution {
  readonly dtype: "float32" | "bfloat16";
  readonly window: Window;
  /** [batch, height, width, channels] of its input and its output. */
  readonly input: Dims;
  readonly output: Dims;
  /** [rows, columns, channels, filters] */
  readonly filter: Dims;
  /** How many layers of the network are of this shape. */
  readonly layers: number;
}

/** Heads for training alone included. */
export function convolutionsOf(
  network: Layer,
  input: Shape,
  batch: number,
  precision: Convolution["dtype"],
): Convolution[] {
  const found = new Map<string, Convolution>();
  const map = ({ height, width, channels }: Shape): Dims => [batch, height, width, channels];
  for (const { layer, input: from, output } of trace(network, input)) {
    if (layer.type !== "conv") continue;
    const window = { kernel: layer.kernel, stride: layer.stride, padding: layer.padding };
    const one: Convolution = {
      dtype: convolutionType(precision, map(from), window) as Convolution["dtype"],
      window,
      input: map(from),
      output: map(output),
      filter: [...layer.kernel, from.channels, layer.filters],
      layers: 1,
    };
    const name = JSON.stringify(one);
    found.set(name, { ...one, layers: (found.get(name)?.layers ?? 0) + 1 });
  }
  return [...found.values()];
}

export const multiplyAdds = ({ output, filter }: Convolution): number =>
  elements(output.slice(0, 3)) * elements(filter);

/** Those that may be first: plain sums of maps are fast on matrix registers alone. */
export function racedSides(task: Task, having: readonly string[] = features()): readonly Side[] {
  const plain = task.pass === "filter" || having.includes("amx_bf16");
  return ableSides(task).filter((side) => plain || side !== "plain");
}

type Held = { readonly x: Value; readonly filter: Value; readonly dy: Value };

/** The passes of a convolution. */
export const tasksOf = ({ dtype, input, filter, window: { stride } }: Convolution): Task[] =>
  passes.map((pass) => ({ pass, dtype, input, filter, stride }));

/** What each side has for this convolution, by `<pass>/<side>`; as a training step has it. */
function computed(graph: Graph, of: Convolution, tasks: readonly Task[], held: Held): Record<string, Value> {
  const { x, filter, dy } = held;
  const { window, output } = of;
  const padding = marginsOf(window, [of.input[1]!, of.input[2]!]).map(([before]) => before);
  const convolved = { input: x, filter, output, stride: window.stride, padding };
  const by = (side: Side, task: Task): Value => {
    if (task.pass === "forward")
      return side === "tensorflow"
        ? op.conv2d(graph, x, op.cast(graph, filter, of.dtype), window)
        : ownConv2d(graph, x, filter, window, side);
    const makers = convolutionGradients(graph, { [nameOf(task)]: side }, convolved, () => dy);
    return makers[task.pass === "input" ? 0 : 1]();
  };
  return Object.fromEntries(
    tasks.flatMap((task) => racedSides(task).map((side) => [`${task.pass}/${side}`, by(side, task)])),
  );
}

/**
 * Fetch `begin` once. A run is `<pass>/<side>`: `<run>/one` computes all its numbers and gives one of them, `<run>/all` gives all, and `x`, `filter` and `dy`
 * give what they are computed from: numbers in [-0.5, 0.5) that its type has. All in float32.
 */
export function convolutionProgram(
  of: Convolution,
  tasks: readonly Task[],
): { readonly bytes: Uint8Array; readonly runs: readonly string[] } {
  const graph = new Graph({ threads: threads() });
  const assigned: Node[] = [];
  const held = (name: string, shape: Dims, dtype: DType): Value => {
    const uniform = op.statelessUniform(graph, shape, op.integers(graph, [1, assigned.length]));
    const numbers = op.cast(graph, op.add(graph, uniform, op.scalar(graph, -0.5)), of.dtype);
    const handle = op.variable(graph, `held/${name}`, dtype, shape);
    assigned.push(op.assign(graph, handle, op.cast(graph, numbers, dtype)));
    const value = op.readVariable(graph, handle);
    op.identity(graph, op.cast(graph, value, "float32"), name);
    return value;
  };
  const found = computed(graph, of, tasks, {
    x: held("x", of.input, of.dtype),
    filter: held("filter", of.filter, "float32"),
    dy: held("dy", of.output, of.dtype),
  });
  for (const [name, value] of Object.entries(found)) {
    const flat = op.reshape(graph, value, [elements(value.shape)]);
    op.identity(graph, op.cast(graph, op.slice(graph, flat, [0], [1]), "float32"), `${name}/one`);
    op.identity(graph, op.cast(graph, value, "float32"), `${name}/all`);
  }
  op.identity(graph, op.scalar(graph, 1), "begin", assigned);
  return { bytes: savedModel(graph), runs: Object.keys(found) };
}
