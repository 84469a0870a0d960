// How the gradients of a convolution's input and filter are made, whoever computed the convolution.
import { zerosAround } from "../network/grid.ts";
import { once } from "./definitions/definition.ts";
import { ownFilterGradient } from "./filter-gradient.ts";
import { type Kernels, type Pass, sideOf, type Task } from "./kernels.ts";
import type { Attributes, Graph, OperationName, Value } from "./node.ts";
import * as op from "./operations.ts";
import { ownInputGradient } from "./own-convolution.ts";
import type { Dims } from "./shape.ts";
import { ownFilterGradients, ownSourceGradient } from "./side-by-side.ts";

export interface Convolved {
  readonly input: Value;
  /** [rows, columns, channels, filters], in the map's type or in float32. */
  readonly filter: Value;
  /** [batch, height, width, filters] */
  readonly output: Dims;
  readonly stride: number;
  /** Zeros above and to the left of the map. */
  readonly padding: readonly number[];
}

/** The makers of both. The filter's by our kernels is in float32 whatever the filter is in. */
export function convolutionGradients(
  graph: Graph,
  kernels: Kernels,
  of: Convolved,
  dy: () => Value,
): readonly [input: () => Value, filter: () => Value] {
  const { input, filter, stride, padding } = of;
  const dtype = input.dtype as "float32" | "bfloat16";
  const side = (pass: Pass) => sideOf(kernels, { pass, dtype, input: input.shape, filter: filter.shape, stride });
  return [
    () => {
      const by = side("input");
      if (by !== "tensorflow") return ownInputGradient(graph, of, dy(), by);
      const shape = op.integers(graph, input.shape);
      return tensorflows(graph, "Conv2DBackpropInput", of, [shape, op.cast(graph, filter, dtype), dy()]);
    },
    () => {
      const by = side("filter");
      if (by !== "tensorflow")
        return ownFilterGradient(graph, input, filter.shape, dy(), { stride, padding, fast: by === "fast" });
      const shape = op.integers(graph, filter.shape);
      return op.cast(graph, tensorflows(graph, "Conv2DBackpropFilter", of, [input, shape, dy()]), filter.dtype);
    },
  ];
}

export interface ConvolvedSideBySide extends Omit<Convolved, "filter" | "output"> {
  readonly filters: readonly Value[];
  readonly outputs: readonly Dims[];
}

/** The same of convolutions side by side: the makers of their input's gradient and of each filter's. */
export function sideBySideGradients(
  graph: Graph,
  kernels: Kernels,
  { filters, outputs, ...of }: ConvolvedSideBySide,
  dys: () => readonly Value[],
): readonly (() => Value)[] {
  const { input, stride, padding } = of;
  const filter = filters[0]!.shape.toSpliced(
    3,
    1,
    filters.reduce((sum, { shape }) => sum + shape[3]!, 0),
  );
  const together = (pass: Pass): boolean =>
    sideOf(kernels, { pass, dtype: input.dtype as Task["dtype"], input: input.shape, filter, stride }) === "plain";
  const slide = { window: filter.slice(0, 2), padding, stride };
  const apart = filters.map((filter, i) =>
    convolutionGradients(graph, kernels, { ...of, filter, output: outputs[i]! }, () => dys()[i]!),
  );
  const slopes = once(() => ownFilterGradients(graph, input, dys(), slide));
  return [
    () =>
      together("input")
        ? ownSourceGradient(graph, { input, filters, slide }, dys())
        : op.addAll(
            graph,
            apart.map(([ofInput]) => ofInput()),
          ),
    ...apart.map(([, ofFilter], i) => (together("filter") ? () => slopes()[i]! : ofFilter)),
  ];
}

const tensorflows = (graph: Graph, name: OperationName, of: Convolved, inputs: readonly Value[]): Value =>
  graph.add({ op: name, inputs, attributes: { ...windowOf(of), T: { type: of.input.dtype } } })[0]!;

/** In words where there is one: TensorFlow's fastest kernels of bfloat16 take no other padding. */
function windowOf({ input, filter, output, stride, padding }: Convolved): Attributes {
  const sides = [0, 1].map((side) => {
    const [length, results, kernel] = [input.shape[side + 1]!, output[side + 1]!, filter.shape[side]!];
    const before = padding[side]!;
    const after = Math.max(0, (results - 1) * stride + kernel - before - length);
    const same = zerosAround(length, Math.ceil(length / stride), kernel, stride);
    return { zeros: [before, after], isSame: same[0] === before && same[1] === after };
  });
  const strides = { strides: { ints: [1, stride, stride, 1] }, data_format: { text: "NHWC" } };
  const zeros = sides.flatMap((side) => side.zeros);
  if (zeros.every((count) => count === 0)) return { ...strides, padding: { text: "VALID" } };
  if (sides.every(({ isSame }) => isSame)) return { ...strides, padding: { text: "SAME" } };
  return { ...strides, padding: { text: "EXPLICIT" }, explicit_paddings: { ints: [0, 0, ...zeros, 0, 0] } };
}
