// Operations on maps, [batch, height, width, channels]: convolutions, pools, normalizations.
import type { Size, Window } from "../network/layer.ts";
import type { Attributes, Graph, OperationName, Value } from "./node.ts";
import { simple, T } from "./operation.ts";
import { padAxes } from "./tensor-operations.ts";

const windowAttributes = (window: Pick<Window, "stride" | "padding">): Attributes => ({
  strides: { ints: [1, window.stride, window.stride, 1] },
  padding: { text: window.padding.toUpperCase() },
  data_format: { text: "NHWC" },
});
const poolAttributes = (window: Window): Attributes => ({
  ...windowAttributes(window),
  ksize: { ints: [1, ...(window.kernel satisfies Size), 1] },
});
export const conv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "Conv2D", [input, kernel], {
    name,
    attributes: { ...T(input), ...windowAttributes(window) },
  });
/** Depthwise convolution; the kernel is [height, width, channels, multiplier]. */
export const depthwiseConv2d = (graph: Graph, input: Value, kernel: Value, window: Window, name?: string): Value =>
  simple(graph, "DepthwiseConv2dNative", [input, kernel], {
    name,
    attributes: { ...T(input), ...windowAttributes(window) },
  });
const pool =
  (op: OperationName) =>
  (graph: Graph, input: Value, window: Window): Value =>
    simple(graph, op, [input], {
      attributes: { ...T(input), ...poolAttributes(window) },
    });
export const maxPool = pool("MaxPool");
export const averagePool = pool("AvgPool");
/** Zeros around each map: `amount` [before, after] rows and columns. */
export const pad = (graph: Graph, input: Value, rows: Size, columns: Size): Value =>
  padAxes(graph, input, [[0, 0], rows, columns, [0, 0]]);
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
const batchNormAttributes = (input: Value, epsilon: number, training: boolean): Attributes => ({
  ...T(input),
  U: { type: "float32" },
  epsilon: { float: epsilon },
  data_format: { text: "NHWC" },
  is_training: { bool: training },
});
