// Convolutions by the project's own kernel for stride 1 (native/fast-convolution.cc), in float32.
import { slide } from "../network/grid.ts";
import type { Window } from "../network/layer.ts";
import { type Kernels, threads, zerosBefore } from "./kernels.ts";
import { type Attributes, type Dims, elements, type Graph, type Node, type Value } from "./node.ts";
import { only } from "./operation.ts";

export const fastConvolutionName = "InceptionConvolution";

/** The kernel has matrices for these. */
const sizes = new Set(["3x3", "5x5", "1x3", "3x1", "1x7", "7x1"]);

/** With fewer channels the transformations of maps cost more than the products that they save; with fewer places, that of the filter. */
const fewestChannels = 16;
const fewestPlaces = 256;

/** Whether the kernel takes this convolution and is the faster one for it. */
export const isFast = (kernels: Kernels, input: Value, filter: Dims, { kernel, stride }: Window): boolean =>
  kernels === "own" &&
  input.dtype === "float32" &&
  stride === 1 &&
  sizes.has(kernel.join("x")) &&
  Math.min(filter[2]!, filter[3]!) >= fewestChannels &&
  elements(input.shape.slice(0, 3)) >= fewestPlaces;

/** The same as `conv2d` up to 1e-6 to 1e-5 of the largest result, to the bit whatever the number of cores. */
export const fastConv2d = (graph: Graph, input: Value, filter: Value, window: Window, name?: string): Value =>
  convolution(graph, [input, filter], filter.shape, window, {}, name);

/** The same, to the bit, from the filter's transform: it serves for as long as the filter stays. */
export const fastConv2dTransformed = (
  graph: Graph,
  input: Value,
  [transformed, filter]: readonly [transformed: Value, filter: Dims],
  window: Window,
  name?: string,
): Value => convolution(graph, [input, transformed], filter, window, { transformed: { bool: true } }, name);

/** What the kernel would make of the filter, anew in each pass, for a convolution of maps like `input`: [numbers]. */
export function transformFilter(graph: Graph, filter: Value, input: Dims, window: Window): Value {
  const map = outputSize(input, window);
  const [rows, columns, channels, filters] = filter.shape as [number, number, number, number];
  const points = pointsOf(map[0], rows) * pointsOf(map[1], columns);
  const attributes = { map: { ints: map }, ...threads() };
  const shape = [points * channels * Math.ceil(filters / 16) * 16];
  return only(
    graph.add({ op: "InceptionTransformFilter", inputs: [filter], attributes, outputs: [{ dtype: "float32", shape }] }),
  );
}

/** As many as the results that one tile takes and the filter's weights, less one (`methodOf` in native/fast-convolution.cc). */
const pointsOf = (length: number, taps: number): number => {
  if (taps === 1) return 1;
  const all = (outputs: number): number => Math.ceil(length / outputs) * (outputs + taps - 1);
  return (taps === 7 && all(6) < all(4) ? 6 : 4) + taps - 1;
};

function convolution(
  graph: Graph,
  [input, weights]: readonly [Value, Value],
  filter: Dims,
  window: Window,
  more: Attributes,
  name?: string,
): Value {
  const shape = [input.shape[0]!, ...outputSize(input.shape, window), filter[3]!];
  const padding = zerosBefore(input.shape, shape, filter, 1);
  return add(graph, [input, weights], shape, { padding: { ints: padding }, kernel: { ints: filter }, ...more }, name);
}

const outputSize = ([, height, width]: Dims, window: Window): [number, number] => [
  slide(height!, window.kernel[0], window),
  slide(width!, window.kernel[1], window),
];

/** From the gradient of its output to that of its input. */
export function fastInputGradient(graph: Graph, node: Node, dy: Value): Value {
  const [input, filter] = node.inputs as [Value, Value];
  const { ints } = node.attributes.padding as { ints: readonly number[] };
  const padding = ints.map((zeros, side) => filter.shape[side]! - 1 - zeros);
  const attributes = { padding: { ints: padding }, kernel: { ints: filter.shape }, backward: { bool: true } };
  return add(graph, [dy, filter], input.shape, attributes);
}

/**
 * The same convolution with this bias, or with the ReLU, in one pass over the results; undefined if `value` is none that
 * takes it. The one without stays in the graph, where nothing fetches it.
 */
export function withBias(graph: Graph, value: Value, bias: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== fastConvolutionName || inputs.length === 3) return undefined;
  return add(graph, [...inputs, bias], value.shape, { ...attributes, biases: { int: 1 } }, name);
}
export function withRelu(graph: Graph, value: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== fastConvolutionName) return undefined;
  return add(graph, inputs, value.shape, { ...attributes, relu: { bool: true } }, name);
}

const add = (graph: Graph, inputs: readonly Value[], shape: Dims, attributes: Attributes, name?: string): Value =>
  only(
    graph.add({
      op: fastConvolutionName,
      inputs,
      attributes: {
        map: { ints: shape.slice(1, 3) },
        biases: { int: 0 },
        backward: { bool: false },
        relu: { bool: false },
        transformed: { bool: false },
        ...threads(),
        ...attributes,
      },
      outputs: [{ dtype: "float32", shape }],
      name,
    }),
  );
