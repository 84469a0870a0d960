// Operations on maps, [batch, height, width, channels]: convolutions, pools, normalizations.
import { marginsOf } from "../network/grid.ts";
import type { Margin, PoolWindow, Size, Window } from "../network/layer.ts";
import type { Attributes, Graph, OperationName, Value } from "./node.ts";
import { simple, T } from "./operation.ts";
import { padAxes, padAxesWith } from "./tensor-operations.ts";

/** TensorFlow has a word for two paddings; any other it takes in places before and after, of batch, rows, columns and channels. */
const paddingAttributes = (window: PoolWindow, [, height, width]: readonly number[]): Attributes => {
  const { padding, ceil } = window;
  if (padding === "same" || (padding === "valid" && !ceil)) return { padding: { text: padding.toUpperCase() } };
  const [rows, columns] = marginsOf(window, [height!, width!]);
  return { padding: { text: "EXPLICIT" }, explicit_paddings: { ints: [0, 0, ...rows, ...columns, 0, 0] } };
};
const windowAttributes = (window: PoolWindow, input: readonly number[]): Attributes => ({
  strides: { ints: [1, window.stride, window.stride, 1] },
  ...paddingAttributes(window, input),
  data_format: { text: "NHWC" },
});
/** TensorFlow's default, which TensorFlow.js wants said. */
const undilated: Attributes = { dilations: { ints: [1, 1, 1, 1] } };
export const conv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "Conv2D", [input, kernel], {
    name,
    attributes: { ...T(input), ...windowAttributes(window, input.shape), ...undilated },
  });
/** Depthwise convolution; the kernel is [height, width, channels, multiplier]. */
export const depthwiseConv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "DepthwiseConv2dNative", [input, kernel], {
    name,
    attributes: { ...T(input), ...windowAttributes(window, input.shape), ...undilated },
  });
const poolOperation = (graph: Graph, op: OperationName, input: Value, window: PoolWindow): Value =>
  simple(graph, op, [input], {
    attributes: {
      ...T(input),
      ...windowAttributes(window, input.shape),
      ksize: { ints: [1, ...(window.kernel satisfies Size), 1] },
    },
  });
export const maxPool = (graph: Graph, input: Value, window: PoolWindow): Value =>
  poolOperation(graph, "MaxPool", input, window);
/** The same of operations that other programs have, too: their max pools know no padding in places. */
export function plainMaxPool(graph: Graph, input: Value, window: PoolWindow): Value {
  if (window.padding === "same") return maxPool(graph, input, window);
  const [rows, columns] = marginsOf(window, input.shape.slice(1, 3) as [number, number]);
  const isNone = [...rows, ...columns].every((places) => places === 0);
  const map = isNone ? input : padAxesWith(graph, input, [[0, 0], rows, columns, [0, 0]], lowest);
  return maxPool(graph, map, { kernel: window.kernel, stride: window.stride, padding: "valid" });
}
/** Of float32's finite numbers. */
const lowest = -(2 ** 128 - 2 ** 104);
/** Over the real pixels of each window: the operation knows no other padding. */
export const averagePool = (
  graph: Graph,
  input: Value,
  window: Window & { readonly padding: "same" | "valid" },
): Value => poolOperation(graph, "AvgPool", input, window);
/** Zeros around each map. */
export const pad = (graph: Graph, input: Value, rows: Margin, columns: Margin): Value =>
  [...rows, ...columns].every((places) => places === 0)
    ? input
    : padAxes(graph, input, [[0, 0], rows, columns, [0, 0]]);
/** x / (1 + alpha * sum of x^2 over 2 * radius + 1 neighbouring channels) ^ beta; float32 maps only. */
export const responseNorm = (
  graph: Graph,
  input: Value,
  { radius, alpha, beta }: { radius: number; alpha: number; beta: number },
): Value =>
  simple(graph, "LRN", [input], {
    attributes: {
      ...T(input),
      depth_radius: { int: radius },
      bias: { float: 1 },
      alpha: { float: alpha },
      beta: { float: beta },
    },
  });
export const relu = (graph: Graph, value: Value): Value => simple(graph, "Relu", [value]);
export const biasAdd = (graph: Graph, value: Value, bias: Value): Value =>
  simple(graph, "BiasAdd", [value, bias], { attributes: { ...T(value), data_format: { text: "NHWC" } } });

/** Batch norm: [normalized, mean, variance (unbiased when training), and three values kept for the gradient]. */
export const fusedBatchNorm = (
  graph: Graph,
  [input, scale, offset, mean, variance]: readonly [Value, Value, Value, Value, Value],
  { epsilon, training }: { epsilon: number; training: boolean },
): Value[] =>
  graph.add({
    op: "FusedBatchNormV3",
    inputs: [input, scale, offset, mean, variance],
    attributes: batchNormAttributes(input, epsilon, training),
  });
/** By stored statistics, without an epsilon, and negative results as 0; TensorFlow's own rewriting of graphs makes such operations. */
export const rectifiedBatchNorm = (
  graph: Graph,
  [input, scale, offset, mean, variance]: readonly [Value, Value, Value, Value, Value],
): Value =>
  graph.add({
    op: "_FusedBatchNormEx",
    // A name may not begin as the operation's does.
    name: "RectifiedBatchNorm",
    inputs: [input, scale, offset, mean, variance],
    attributes: {
      ...batchNormAttributes(input, 0, false),
      exponential_avg_factor: { float: 1 },
      num_side_inputs: { int: 0 },
      activation_mode: { text: "Relu" },
    },
  })[0]!;
const batchNormAttributes = (input: Value, epsilon: number, training: boolean): Attributes => ({
  ...T(input),
  U: { type: "float32" },
  epsilon: { float: epsilon },
  data_format: { text: "NHWC" },
  is_training: { bool: training },
});
