// Reverse-mode differentiation: one rule for each operation that a network's forward pass uses.
import { fastConvolutionName, fastInputGradient } from "./fast-convolution.ts";
import { ownFilterGradient } from "./filter-gradient.ts";
import type { Kernels } from "./kernels.ts";
import { type Attributes, elements, type Graph, type Node, type Value } from "./node.ts";
import * as op from "./operations.ts";
import { ownBatchNormGradient, ownBatchNormName } from "./own-batch-norm.ts";

/** From the gradient of a node's first output to those of its inputs; undefined where none flows. */
type Rule = (graph: Graph, node: Node, dy: Value, kernels: Kernels) => (Value | undefined)[];

const like = (graph: Graph, kernel: string, inputs: readonly Value[], as: Value, attributes: Attributes): Value =>
  graph.add({ op: kernel, inputs, attributes, outputs: [{ dtype: as.dtype, shape: as.shape }] })[0]!;
const dims = (graph: Graph, value: Value): Value => op.integers(graph, value.shape);

const inputGradient = (graph: Graph, kernel: string, { inputs: [input, filter], attributes }: Node, dy: Value) =>
  like(graph, kernel, [dims(graph, input!), filter!, dy], input!, attributes);
const filterGradient = (graph: Graph, kernel: string, { inputs: [input, filter], attributes }: Node, dy: Value) =>
  like(graph, kernel, [input!, dims(graph, filter!), dy], filter!, attributes);

/** Sums a gradient down to the shape of a scalar that was broadcast. */
const unbroadcast = (graph: Graph, gradient: Value, to: Value): Value =>
  elements(gradient.shape) === elements(to.shape)
    ? gradient
    : op.sum(
        graph,
        gradient,
        gradient.shape.map((_, axis) => axis),
      );

const rules: Readonly<Record<string, Rule>> = {
  Conv2D(graph, node, dy, kernels) {
    const [input, filter] = node.inputs as [Value, Value];
    const stride = (node.attributes.strides as { ints: readonly number[] }).ints[1]!;
    return [
      inputGradient(graph, "Conv2DBackpropInput", node, dy),
      kernels === "own" && input.dtype === "float32"
        ? ownFilterGradient(graph, input, filter.shape, dy, stride)
        : filterGradient(graph, "Conv2DBackpropFilter", node, dy),
    ];
  },
  [fastConvolutionName]: (graph, node, dy) => [
    fastInputGradient(graph, node, dy),
    ownFilterGradient(graph, node.inputs[0]!, node.inputs[1]!.shape, dy, 1),
  ],
  [ownBatchNormName]: ownBatchNormGradient,
  DepthwiseConv2dNative: (graph, node, dy) => [
    inputGradient(graph, "DepthwiseConv2dNativeBackpropInput", node, dy),
    filterGradient(graph, "DepthwiseConv2dNativeBackpropFilter", node, dy),
  ],
  FusedBatchNormV3(graph, node, dy) {
    const [input, scale, , , variance] = node.inputs as [Value, Value, Value, Value, Value];
    const { is_training: training, epsilon } = node.attributes as {
      is_training: { bool: boolean };
      epsilon: { float: number };
    };
    if (!training.bool) {
      const deviation = op.squareRoot(graph, op.add(graph, variance, op.scalar(graph, epsilon.float)));
      return [op.multiply(graph, dy, op.cast(graph, op.divide(graph, scale, deviation), dy.dtype))];
    }
    const kept = [3, 4, 5].map((output): Value => ({ node, output, dtype: "float32", shape: scale.shape }));
    const [dx, dScale, dOffset] = graph.add({
      op: "FusedBatchNormGradV3",
      inputs: [dy, input, scale, ...kept],
      attributes: node.attributes,
      outputs: [input, scale, scale, scale, scale].map(({ dtype, shape }) => ({ dtype, shape })),
    });
    return [dx, dScale, dOffset];
  },
  BiasAdd: (graph, { inputs: [value, bias], attributes }, dy) => [
    dy,
    like(graph, "BiasAddGrad", [dy], bias!, { T: { type: value!.dtype }, data_format: attributes.data_format! }),
  ],
  Relu: (graph, node, dy) => [
    like(graph, "ReluGrad", [dy, { node, output: 0, dtype: dy.dtype, shape: dy.shape }], dy, node.attributes),
  ],
  MaxPool: (graph, node, dy) => [
    like(
      graph,
      "MaxPoolGrad",
      [node.inputs[0]!, { node, output: 0, dtype: dy.dtype, shape: dy.shape }, dy],
      node.inputs[0]!,
      node.attributes,
    ),
  ],
  LRN: (graph, node, dy) => [
    like(
      graph,
      "LRNGrad",
      [dy, node.inputs[0]!, { node, output: 0, dtype: dy.dtype, shape: dy.shape }],
      dy,
      node.attributes,
    ),
  ],
  AvgPool: (graph, { inputs: [input], attributes }, dy) => [
    like(graph, "AvgPoolGrad", [dims(graph, input!), dy], input!, attributes),
  ],
  Pad(graph, { inputs: [input, paddings] }, dy) {
    const amounts = paddings!.node.inputs[0]!.node.attributes.value as { tensor: { content: Uint8Array } };
    const before = new Int32Array(amounts.tensor.content.slice().buffer).filter((_, i) => i % 2 === 0);
    return [op.slice(graph, dy, [...before], input!.shape)];
  },
  ConcatV2(graph, { inputs }, dy) {
    const parts = inputs.slice(0, -1);
    const axis = dy.shape.length - 1;
    return op.split(
      graph,
      dy,
      parts.map((part) => part.shape[axis]!),
      axis,
    );
  },
  MatMul: (graph, { inputs: [a, b] }, dy) => [
    op.matMul(graph, dy, b!, { transposeB: true }),
    op.matMul(graph, a!, dy, { transposeA: true }),
  ],
  Cast: (graph, { inputs: [input] }, dy) => [op.cast(graph, dy, input!.dtype)],
  Reshape: (graph, { inputs: [input] }, dy) => [op.reshape(graph, dy, input!.shape)],
  /** Over height and width of [batch, height, width, channels]. */
  Mean(graph, { inputs: [input] }, dy) {
    const [batch, height, width, channels] = input!.shape as [number, number, number, number];
    const share = op.multiply(graph, dy, op.scalar(graph, 1 / (height * width)));
    const point = op.reshape(graph, share, [batch, 1, 1, channels]);
    return [
      like(graph, "BroadcastTo", [point, dims(graph, input!)], input!, {
        T: { type: dy.dtype },
        Tidx: { type: "int32" },
      }),
    ];
  },
  /** Everything summed into a scalar. */
  Sum: (graph, { inputs: [input] }, dy) => [
    like(graph, "BroadcastTo", [dy, dims(graph, input!)], input!, { T: { type: dy.dtype }, Tidx: { type: "int32" } }),
  ],
  Mul: (graph, { inputs: [a, b] }, dy) => [
    unbroadcast(graph, op.multiply(graph, dy, b!), a!),
    unbroadcast(graph, op.multiply(graph, dy, a!), b!),
  ],
  RealDiv: (graph, { inputs: [, b] }, dy) => [op.divide(graph, dy, b!), undefined],
  AddV2: (graph, { inputs: [a, b] }, dy) => [unbroadcast(graph, dy, a!), unbroadcast(graph, dy, b!)],
  SoftmaxCrossEntropyWithLogits(graph, node, dy) {
    const logits = node.inputs[0]!;
    const [batch] = logits.shape as [number];
    const difference: Value = { node, output: 1, dtype: logits.dtype, shape: logits.shape };
    return [op.multiply(graph, op.reshape(graph, dy, [batch, 1]), difference), undefined];
  },
};

/** d loss / d each of `wrt`, which must be values of the graph that the scalar `loss` depends on. */
export function gradients(graph: Graph, loss: Value, wrt: readonly Value[], kernels: Kernels = "tensorflow"): Value[] {
  const forward = [...graph.nodes];
  const reached = dependents(forward, wrt);
  const collected = new Map<string, Value[]>();
  const key = ({ node, output }: Value) => `${node.name}:${output}`;
  const collect = (value: Value, gradient: Value) =>
    void collected.set(key(value), [...(collected.get(key(value)) ?? []), gradient]);
  const total = (value: string): Value | undefined => {
    const parts = collected.get(value);
    return parts && op.addAll(graph, parts);
  };
  const wanted = new Set(wrt.map((value) => value.node));

  collect(loss, op.scalar(graph, 1));
  for (const node of forward.reverse()) {
    if (!reached.has(node) || wanted.has(node)) continue;
    // Only a node's first output carries a gradient in these graphs: batch norm's others are statistics.
    const incoming = total(`${node.name}:0`);
    if (!incoming) continue;
    const rule = rules[node.op];
    if (!rule) throw new Error(`no gradient rule for ${node.op} (${node.name})`);
    rule(graph, node, incoming, kernels).forEach((gradient, index) => {
      const input = node.inputs[index]!;
      if (gradient && reached.has(input.node)) collect(input, gradient);
    });
  }
  return wrt.map((value) => {
    const gradient = total(key(value));
    if (!gradient) throw new Error(`the loss does not depend on ${key(value)}`);
    return gradient;
  });
}

/** The nodes that depend on any of these values, themselves included. */
function dependents(nodes: readonly Node[], values: readonly Value[]): ReadonlySet<Node> {
  const reached = new Set(values.map((value) => value.node));
  for (const node of nodes) if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
  return reached;
}
