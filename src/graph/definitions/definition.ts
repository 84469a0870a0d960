// What the graph knows of an operation: what it gives, and how a gradient passes through it.

import type { Kernels } from "../kernels.ts";
import type { Attributes, DType, Graph, Node, TensorType, Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import { sameShape } from "../shape.ts";

export interface Definition {
  /** Types of the outputs; throws where the inputs do not fit. */
  outputs(inputs: readonly Value[], attributes: Attributes): readonly TensorType[];
  /**
   * "none": nothing that it gives depends smoothly on an input, or it gives nothing, so no gradient flows.
   * "refused": it has a gradient that no program needs; asking for it is our bug.
   */
  readonly gradient: Rule | "none" | "refused";
}
export type Definitions<Name extends string> = { readonly [K in Name]: Definition };

/** From the gradients of the outputs, undefined where the loss does not depend on one, to how each input's is made. */
export type Rule = (pass: Backward) => readonly Maker[];
/** Only called for an input whose gradient is asked for; undefined where the operation has none for it. */
export type Maker = (() => Value) | undefined;

export interface Backward {
  readonly graph: Graph;
  readonly node: Node;
  readonly incoming: readonly (Value | undefined)[];
  /** Whose kernels compute the gradients of filters. */
  readonly kernels: Kernels;
}

/** The rule of an operation with one output, `y`, whose gradient is `dy`. */
export const one =
  (rule: (graph: Graph, dy: Value, node: Node, y: Value) => readonly Maker[]): Rule =>
  ({ graph, node, incoming: [dy] }) =>
    rule(graph, dy!, node, outputOf(node, 0));

/** Made when first asked for, and once. */
export function once<V>(make: () => V): () => V {
  let made: { readonly value: V } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** One output like the first input. */
export const likeFirst: Definition["outputs"] = ([first]) => [first!];

/** An effect: nothing comes out. */
export const nothing: Definition["outputs"] = () => [];

export const isFloating = ({ dtype }: { readonly dtype: DType }): boolean =>
  dtype === "float32" || dtype === "bfloat16";

/** Throws (our bug) with this sentence. */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

export const mustBe = (value: TensorType, shape: readonly number[], what: string): void =>
  must(sameShape(value.shape, shape), `${what} must be [${shape}], got [${value.shape}]`);
