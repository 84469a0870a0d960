// Convolutions by the project's own kernels (native/kernels/fast-convolution.cc, plain-convolution.cc and amx-convolution.cc). Filters and
// sums are float32, maps float32 or bfloat16.
import { marginsOf, slideOver } from "../network/grid.ts";
import type { Window } from "../network/layer.ts";
import { type Kernels, type Pass, type Side, sideOf, type Task, threads } from "./kernels.ts";
import type { Attributes, Graph, Value } from "./node.ts";
import { only } from "./operation.ts";
import * as op from "./operations.ts";
import type { Dims } from "./shape.ts";

export const ownConvolutionName = "InceptionConvolution";

/** All but TensorFlow's. */
export type OwnSide = Exclude<Side, "tensorflow">;

/** Who computes this convolution, in this pass. */
export const convolutionSide = (
  kernels: Kernels,
  input: Value,
  filter: Dims,
  { stride }: Window,
  pass: Pass = "forward",
): Side => sideOf(kernels, { pass, dtype: input.dtype as Task["dtype"], input: input.shape, filter, stride });

/** The same as `conv2d` up to 1e-6 to 1e-5 of the largest result, to the bit whatever the number of threads. */
export const ownConv2d = (
  graph: Graph,
  input: Value,
  filter: Value,
  window: Window,
  side: OwnSide,
  name?: string,
): Value => convolution(graph, [input, filter], filter.shape, window, { fast: { bool: side === "fast" } }, name);

/** The fast one, to the bit, from the filter's transform: it serves for as long as the filter stays. */
export const fastConv2dTransformed = (
  graph: Graph,
  input: Value,
  [transformed, filter]: readonly [transformed: Value, filter: Dims],
  window: Window,
  name?: string,
): Value =>
  convolution(graph, [input, transformed], filter, window, { fast: { bool: true }, transformed: { bool: true } }, name);

/** What the kernel would make of the filter, anew in each pass, for a convolution of maps like `input`: [numbers]. */
export function transformFilter(graph: Graph, filter: Value, input: Dims, window: Window): Value {
  const attributes = { map: { ints: slideOver(window, [input[1]!, input[2]!]) }, ...threads(graph) };
  return only(graph.add({ op: "InceptionTransformFilter", inputs: [filter], attributes }));
}

/** How many numbers the transform of a filter has, for a map of this height and width to come out. */
export function transformedSize(filter: Dims, map: readonly number[]): number {
  const [rows, columns, channels, filters] = filter as [number, number, number, number];
  return pointsOf(map[0]!, rows) * pointsOf(map[1]!, columns) * channels * Math.ceil(filters / 16) * 16;
}

/** As many as the results that one tile takes and the filter's weights, less one (`withPlane` in native/kernels/planes.h). */
const pointsOf = (length: number, taps: number): number => {
  if (taps === 1) return 1;
  const all = (outputs: number): number => Math.ceil(length / outputs) * (outputs + taps - 1);
  return (taps === 7 && all(6) < all(4) ? 6 : 4) + taps - 1;
};

function convolution(
  graph: Graph,
  inputs: readonly [input: Value, weights: Value],
  filter: Dims,
  window: Window,
  more: Attributes,
  name?: string,
): Value {
  const [, ...sides] = inputs[0].shape.slice(0, 3) as [number, number, number];
  const padding = marginsOf(window, sides).map(([before]) => before);
  const attributes = {
    map: { ints: slideOver(window, sides) },
    padding: { ints: padding },
    kernel: { ints: filter },
    stride: { int: window.stride },
  };
  return add(graph, inputs, { ...attributes, ...more }, name);
}

/** From the gradient of its output to that of its input; `stride` and `padding` are those of the convolution itself. */
export function ownInputGradient(
  graph: Graph,
  {
    input,
    filter,
    stride,
    padding,
  }: {
    readonly input: Value;
    readonly filter: Value;
    readonly stride: number;
    readonly padding: readonly number[];
  },
  dy: Value,
  side: OwnSide,
): Value {
  const around = padding.map((zeros, side) => filter.shape[side]! - 1 - zeros);
  const attributes = {
    map: { ints: input.shape.slice(1, 3) },
    padding: { ints: around },
    kernel: { ints: filter.shape },
    stride: { int: stride },
    fast: { bool: side === "fast" },
    backward: { bool: true },
  };
  return add(graph, [dy, op.cast(graph, filter, "float32")], attributes);
}

/**
 * The same convolution with this bias, or with the ReLU, in one pass over the results; undefined if `value` is none that
 * takes it. The one without stays in the graph, where nothing fetches it.
 */
export function withBias(graph: Graph, value: Value, bias: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== ownConvolutionName || inputs.length === 3) return undefined;
  return add(graph, [...inputs, bias], { ...attributes, biases: { int: 1 } }, name);
}
export function withRelu(graph: Graph, value: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== ownConvolutionName) return undefined;
  return add(graph, inputs, { ...attributes, relu: { bool: true } }, name);
}

const add = (graph: Graph, inputs: readonly Value[], attributes: Attributes, name?: string): Value =>
  only(
    graph.add({
      op: ownConvolutionName,
      inputs,
      attributes: {
        biases: { int: 0 },
        backward: { bool: false },
        relu: { bool: false },
        transformed: { bool: false },
        T: { type: inputs[0]!.dtype },
        ...threads(graph),
        ...attributes,
      },
      name,
    }),
  );
