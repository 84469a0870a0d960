// Sums, means and what else leaves axes out; the axes are a constant.

import { attribute, axesOf } from "../attributes.ts";
import type { Node, Value } from "../node.ts";
import type { Reduction } from "../operation-names.ts";
import * as op from "../operations.ts";
import { elements, reducedShape } from "../shape.ts";
import { type Definition, type Definitions, must, one } from "./definition.ts";

const axesUnder = ([value, axes]: readonly Value[]): number[] => {
  const found = axesOf(axes!, value!.shape.length);
  must(
    found.every((axis) => axis >= 0 && axis < value!.shape.length),
    `[${found}] are no axes of [${value!.shape}]`,
  );
  return found;
};
const reduced: Definition["outputs"] = (inputs, attributes) => [
  {
    dtype: inputs[0]!.dtype,
    shape: reducedShape(inputs[0]!.shape, axesUnder(inputs), attribute(attributes, "keep_dims", "bool")),
  },
];
const spread = (graph: Parameters<typeof op.repeat>[0], dy: Value, { inputs }: Node): Value =>
  op.repeat(graph, dy, inputs[0]!.shape, axesUnder(inputs));

export const reductions: Definitions<Reduction> = {
  Sum: { outputs: reduced, gradient: one((graph, dy, node) => [() => spread(graph, dy, node), undefined]) },
  Mean: {
    outputs: reduced,
    gradient: one((graph, dy, node, y) => {
      const share = elements(y.shape) / elements(node.inputs[0]!.shape);
      return [() => spread(graph, op.scale(graph, dy, share), node), undefined];
    }),
  },
  L2Loss: {
    outputs: ([value]) => [{ dtype: value!.dtype, shape: [] }],
    gradient: one((graph, dy, { inputs: [value] }) => [() => op.multiply(graph, dy, value!)]),
  },
  All: { outputs: reduced, gradient: "none" },
  ArgMax: {
    outputs: (inputs, attributes) => [
      {
        dtype: attribute(attributes, "output_type", "type"),
        shape: reducedShape(inputs[0]!.shape, axesUnder(inputs), false),
      },
    ],
    gradient: "none",
  },
};
