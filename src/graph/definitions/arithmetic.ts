// Element by element; two inputs are broadcast to a common shape.

import { attribute } from "../attributes.ts";
import type { Value } from "../node.ts";
import type { Arithmetic } from "../operation-names.ts";
import * as op from "../operations.ts";
import { broadcast } from "../shape.ts";
import { type Definition, type Definitions, isFloating, likeFirst, must, one } from "./definition.ts";

function both([a, b]: readonly Value[]): { dtype: Value["dtype"]; shape: Value["shape"] } {
  must(a!.dtype === b!.dtype, `${a!.dtype} and ${b!.dtype} do not mix`);
  return { dtype: a!.dtype, shape: broadcast(a!.shape, b!.shape) };
}
const binary: Definition["outputs"] = (inputs) => [both(inputs)];
const comparison: Definition = { outputs: (inputs) => [{ ...both(inputs), dtype: "bool" }], gradient: "none" };

export const arithmetic: Definitions<Arithmetic> = {
  AddV2: {
    outputs: binary,
    gradient: one((graph, dy, { inputs: [a, b] }) => [
      () => op.sumTo(graph, dy, a!.shape),
      () => op.sumTo(graph, dy, b!.shape),
    ]),
  },
  Sub: {
    outputs: binary,
    gradient: one((graph, dy, { inputs: [a, b] }) => [
      () => op.sumTo(graph, dy, a!.shape),
      () => op.scale(graph, op.sumTo(graph, dy, b!.shape), -1),
    ]),
  },
  Mul: {
    outputs: binary,
    gradient: one((graph, dy, { inputs: [a, b] }) => [
      () => op.sumTo(graph, op.multiply(graph, dy, b!), a!.shape),
      () => op.sumTo(graph, op.multiply(graph, dy, a!), b!.shape),
    ]),
  },
  RealDiv: {
    outputs: binary,
    gradient: one((graph, dy, { inputs: [a, b] }, y) => [
      () => op.sumTo(graph, op.divide(graph, dy, b!), a!.shape),
      () => op.scale(graph, op.sumTo(graph, op.divide(graph, op.multiply(graph, dy, y), b!), b!.shape), -1),
    ]),
  },
  /** Of equals the first is taken. */
  Maximum: {
    outputs: binary,
    gradient: one((graph, dy, { inputs }) => {
      const [a, b] = inputs as [Value, Value];
      const first = () => op.multiply(graph, dy, op.cast(graph, op.greaterEqual(graph, a, b), dy.dtype));
      return [() => op.sumTo(graph, first(), a.shape), () => op.sumTo(graph, op.subtract(graph, dy, first()), b.shape)];
    }),
  },
  Pow: { outputs: binary, gradient: "none" },
  GreaterEqual: comparison,
  Equal: comparison,
  IsFinite: { outputs: ([value]) => [{ dtype: "bool", shape: value!.shape }], gradient: "none" },
  Sqrt: {
    outputs: likeFirst,
    gradient: one((graph, dy, _node, y) => [() => op.divide(graph, op.scale(graph, dy, 0.5), y)]),
  },
  Cast: {
    outputs: ([value], attributes) => [{ dtype: attribute(attributes, "DstT", "type"), shape: value!.shape }],
    gradient: one((graph, dy, { inputs: [value] }) => [
      isFloating(value!) ? () => op.cast(graph, dy, value!.dtype) : undefined,
    ]),
  },
  Identity: { outputs: likeFirst, gradient: one((_graph, dy) => [() => dy]) },
};
