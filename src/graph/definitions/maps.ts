// Operations on maps, [batch, height, width, channels]: convolutions, pools, bias, ReLU.

import { attribute } from "../attributes.ts";
import { convolutionGradients } from "../convolution-gradients.ts";
import type { Attributes, Graph, Node, OperationName, Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import type { MapOperation } from "../operation-names.ts";
import * as op from "../operations.ts";
import type { Dims } from "../shape.ts";
import { type Definitions, likeFirst, type Maker, must, mustBe, one } from "./definition.ts";
import { slid, strideOf, zerosBefore } from "./windows.ts";

export const maps: Definitions<MapOperation> = {
  Conv2D: {
    outputs([input, filter], attributes) {
      mustTakeChannels(input!, filter!);
      return [{ dtype: input!.dtype, shape: [...slid(input!.shape, filter!.shape, attributes), filter!.shape[3]!] }];
    },
    gradient({ graph, node, incoming: [dy], kernels }) {
      const [input, filter] = node.inputs as [Value, Value];
      const convolved = {
        input,
        filter,
        output: outputOf(node, 0).shape,
        stride: strideOf(node.attributes),
        padding: zerosBefore(input.shape, filter.shape, node.attributes),
      };
      return convolutionGradients(graph, kernels, convolved, () => dy!);
    },
  },
  DepthwiseConv2dNative: {
    outputs([input, filter], attributes) {
      mustTakeChannels(input!, filter!);
      const channels = filter!.shape[2]! * filter!.shape[3]!;
      return [{ dtype: input!.dtype, shape: [...slid(input!.shape, filter!.shape, attributes), channels] }];
    },
    gradient: one((graph, dy, node) => [
      inputGradient(graph, "DepthwiseConv2dNativeBackpropInput", node, dy),
      filterGradient(graph, "DepthwiseConv2dNativeBackpropFilter", node, dy),
    ]),
  },
  MaxPool: {
    outputs: pooled,
    gradient: one((graph, dy, { inputs: [input], attributes }, y) => [
      () => only(graph, "MaxPoolGrad", [input!, y, dy], attributes),
    ]),
  },
  AvgPool: {
    outputs: pooled,
    gradient: one((graph, dy, { inputs: [input], attributes }) => [
      () => only(graph, "AvgPoolGrad", [op.integers(graph, input!.shape), dy], attributes),
    ]),
  },
  BiasAdd: {
    outputs([value, bias]) {
      mustBe(bias!, value!.shape.slice(-1), "the bias");
      return [value!];
    },
    gradient: one((graph, dy, { attributes }) => [() => dy, () => only(graph, "BiasAddGrad", [dy], attributes)]),
  },
  Relu: {
    outputs: likeFirst,
    gradient: one((graph, dy, { attributes }, y) => [() => only(graph, "ReluGrad", [dy, y], attributes)]),
  },
};

function pooled([input]: readonly Value[], attributes: Attributes) {
  const kernel = attribute(attributes, "ksize", "ints").slice(1, 3);
  return [{ dtype: input!.dtype, shape: [...slid(input!.shape, kernel, attributes), input!.shape[3]!] }];
}

function mustTakeChannels({ shape: input }: { shape: Dims }, { shape: filter }: { shape: Dims }): void {
  must(input.length === 4 && filter.length === 4, `[${input}] and [${filter}] are no maps and filter`);
  must(input[3] === filter[2], `a filter of [${filter}] does not take [${input}]`);
}

const only = (graph: Graph, name: OperationName, inputs: readonly Value[], attributes: Attributes): Value =>
  graph.add({ op: name, inputs, attributes })[0]!;

const inputGradient =
  (graph: Graph, name: OperationName, { inputs: [input, filter], attributes }: Node, dy: Value): Maker =>
  () =>
    only(graph, name, [op.integers(graph, input!.shape), filter!, dy], attributes);
const filterGradient =
  (graph: Graph, name: OperationName, { inputs: [input, filter], attributes }: Node, dy: Value): Maker =>
  () =>
    only(graph, name, [input!, op.integers(graph, filter!.shape), dy], attributes);
