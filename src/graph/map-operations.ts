// Operations on maps, [batch, height, width, channels]: convolutions, pools, normalizations.
import { marginsOf, slideOver } from "../network/grid.ts";
import type { Margin, PoolWindow, Size, Window } from "../network/layer.ts";
import type { Attributes, Dims, Graph, Value } from "./node.ts";
import { simple, T } from "./operation.ts";
import { integers, reshape } from "./tensor-operations.ts";

const slid = (window: PoolWindow, [batch, height, width]: Dims, channels: number): Dims => [
  batch!,
  ...slideOver(window, [height!, width!]),
  channels,
];
/** TensorFlow has a word for two paddings; any other it takes in places before and after, of batch, rows, columns and channels. */
const paddingAttributes = (window: PoolWindow, [, height, width]: Dims): Attributes => {
  const { padding, ceil } = window;
  if (padding === "same" || (padding === "valid" && !ceil)) return { padding: { text: padding.toUpperCase() } };
  const [rows, columns] = marginsOf(window, [height!, width!]);
  return { padding: { text: "EXPLICIT" }, explicit_paddings: { ints: [0, 0, ...rows, ...columns, 0, 0] } };
};
const windowAttributes = (window: PoolWindow, input: Dims): Attributes => ({
  strides: { ints: [1, window.stride, window.stride, 1] },
  ...paddingAttributes(window, input),
  data_format: { text: "NHWC" },
});
export const conv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "Conv2D", [input, kernel], {
    name,
    shape: slid(window, input.shape, kernel.shape[3]!),
    attributes: { ...T(input), ...windowAttributes(window, input.shape) },
  });
/** Depthwise convolution; the kernel is [height, width, channels, multiplier]. */
export const depthwiseConv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "DepthwiseConv2dNative", [input, kernel], {
    name,
    shape: slid(window, input.shape, kernel.shape[2]! * kernel.shape[3]!),
    attributes: { ...T(input), ...windowAttributes(window, input.shape) },
  });
const poolOperation = (graph: Graph, op: string, input: Value, window: PoolWindow): Value =>
  simple(graph, op, [input], {
    shape: slid(window, input.shape, input.shape[3]!),
    attributes: {
      ...T(input),
      ...windowAttributes(window, input.shape),
      ksize: { ints: [1, ...(window.kernel satisfies Size), 1] },
    },
  });
export const maxPool = (graph: Graph, input: Value, window: PoolWindow): Value =>
  poolOperation(graph, "MaxPool", input, window);
/** Over the real pixels of each window: the operation knows no other padding. */
export const averagePool = (
  graph: Graph,
  input: Value,
  window: Window & { readonly padding: "same" | "valid" },
): Value => poolOperation(graph, "AvgPool", input, window);
/** Zeros around each map. */
export const pad = (graph: Graph, input: Value, rows: Margin, columns: Margin): Value => {
  if ([...rows, ...columns].every((places) => places === 0)) return input;
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const paddings = reshape(graph, integers(graph, [0, 0, ...rows, ...columns, 0, 0]), [4, 2]);
  return simple(graph, "Pad", [input, paddings], {
    shape: [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
    attributes: { ...T(input), Tpaddings: { type: "int32" } },
  });
};
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
    outputs: [input, ...Array(5).fill(scale)].map(({ dtype, shape }) => ({ dtype, shape })),
  });
const batchNormAttributes = (input: Value, epsilon: number, training: boolean): Attributes => ({
  ...T(input),
  U: { type: "float32" },
  epsilon: { float: epsilon },
  data_format: { text: "NHWC" },
  is_training: { bool: training },
});
