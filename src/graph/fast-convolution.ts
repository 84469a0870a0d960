// Convolutions by the project's own kernel for stride 1 (native/fast-convolution.cc), in float32.
import { marginsOf, slideOver } from "../network/grid.ts";
import type { Window } from "../network/layer.ts";
import { type Kernels, parts } from "./kernels.ts";
import type { Attributes, Graph, Node, Value } from "./node.ts";
import { only } from "./operation.ts";
import { type Dims, elements } from "./shape.ts";

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
export function fastConv2d(graph: Graph, input: Value, filter: Value, window: Window, name?: string): Value {
  const [batch, ...sides] = input.shape.slice(0, 3) as [number, number, number];
  const shape = [batch, ...slideOver(window, sides), filter.shape[3]!];
  const padding = marginsOf(window, sides).map(([before]) => before);
  return add(graph, [input, filter], { ...mapOf(shape), padding: { ints: padding } }, name);
}

/** From the gradient of its output to that of its input. */
export function fastInputGradient(graph: Graph, node: Node, dy: Value): Value {
  const [input, filter] = node.inputs as [Value, Value];
  const { ints } = node.attributes.padding as { ints: readonly number[] };
  const padding = ints.map((zeros, side) => filter.shape[side]! - 1 - zeros);
  return add(graph, [dy, filter], { ...mapOf(input.shape), padding: { ints: padding }, backward: { bool: true } });
}

/**
 * The same convolution with this bias, or with the ReLU, in one pass over the results; undefined if `value` is none that
 * takes it. The one without stays in the graph, where nothing fetches it.
 */
export function withBias(graph: Graph, value: Value, bias: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== fastConvolutionName || inputs.length === 3) return undefined;
  return add(graph, [...inputs, bias], { ...attributes, biases: { int: 1 } }, name);
}
export function withRelu(graph: Graph, value: Value): Value | undefined {
  const { op, inputs, attributes, name } = value.node;
  if (op !== fastConvolutionName) return undefined;
  return add(graph, inputs, { ...attributes, relu: { bool: true } }, name);
}

const mapOf = (shape: Dims): Attributes => ({ map: { ints: shape.slice(1, 3) } });

const add = (graph: Graph, inputs: readonly Value[], attributes: Attributes, name?: string): Value =>
  only(
    graph.add({
      op: fastConvolutionName,
      inputs,
      attributes: {
        biases: { int: 0 },
        backward: { bool: false },
        relu: { bool: false },
        ...parts(),
        ...attributes,
      },
      name,
    }),
  );
