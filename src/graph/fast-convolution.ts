// Convolutions by the project's own kernel for stride 1 (native/fast-convolution.cc), in float32.
import { slide } from "../network/grid.ts";
import type { Window } from "../network/layer.ts";
import { type Kernels, parts, zerosBefore } from "./kernels.ts";
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

/** The same as `conv2d` up to 1e-6 to 1e-5 of the largest result, to the bit whatever the number of threads. */
export function fastConv2d(graph: Graph, input: Value, filter: Value, window: Window, name?: string): Value {
  const [batch, height, width] = input.shape as [number, number, number];
  const [rows, columns] = window.kernel;
  const shape = [batch, slide(height, rows, window), slide(width, columns, window), filter.shape[3]!];
  const padding = zerosBefore(input.shape, shape, filter.shape, 1);
  return add(graph, [input, filter], shape, { padding: { ints: padding } }, name);
}

/** From the gradient of its output to that of its input. */
export function fastInputGradient(graph: Graph, node: Node, dy: Value): Value {
  const [input, filter] = node.inputs as [Value, Value];
  const { ints } = node.attributes.padding as { ints: readonly number[] };
  const padding = ints.map((zeros, side) => filter.shape[side]! - 1 - zeros);
  return add(graph, [dy, filter], input.shape, { padding: { ints: padding }, backward: { bool: true } });
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
        ...parts(graph),
        ...attributes,
      },
      outputs: [{ dtype: "float32", shape }],
      name,
    }),
  );
