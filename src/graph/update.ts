// What an optimizer is: what it remembers for each weight, and the operation that applies a gradient.
import type { Variable } from "../interpret/parameters.ts";
import type { Graph, Node, Value } from "./node.ts";

/** In which products of matrices are computed; whatever is kept is float32. */
export type Precision = "float32" | "bfloat16";

/** Of one vector of weights. */
export interface Update {
  /** The variables in the vector, in its order. */
  readonly variables: readonly Variable[];
  /** The variable, and what it holds before the update. */
  readonly weights: Value;
  readonly before: Value;
  readonly slots: readonly Value[];
  readonly rate: Value;
  readonly gradient: Value;
  /** The number of this update, from 1: a float32 scalar. */
  readonly count: Value;
  /** Where decay is decoupled: what the rate is multiplied by to give the share of each weight that is lost. */
  readonly weightDecay: number;
  readonly precision: Precision;
}

/** The same in one pass with what comes before it and after: the gradient is the loss's alone, neither decayed nor clipped. */
export type WholeUpdate = Pick<Update, "weights" | "slots" | "rate" | "gradient" | "weightDecay"> & {
  readonly clipFactor: Value | undefined;
  /** The running average, a variable, and 1 - decay. */
  readonly average: { readonly vector: Value; readonly rate: Value } | undefined;
};

export interface Optimizer {
  /** Name and starting value of each vector kept beside the weights. */
  readonly slots: readonly { readonly name: string; readonly initial: number }[];
  /** Whether weights decay beside the gradient (AdamW) and not as a part of it (L2). */
  readonly decoupled?: true;
  apply(graph: Graph, update: Update): Node;
  /** By a kernel of the project's own, where there is one; the same to rounding. */
  whole?(graph: Graph, update: WholeUpdate): Node[];
}
