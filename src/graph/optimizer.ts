// Optimizers as values: what they remember for each weight, and the operation that applies a gradient.
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";

export type OptimizerOptions =
  | { readonly name: "sgd" }
  | { readonly name: "momentum"; readonly momentum: number; readonly nesterov: boolean }
  | { readonly name: "rmsprop"; readonly decay: number; readonly momentum: number; readonly epsilon: number };

export interface Optimizer {
  /** Name and starting value of each vector kept beside the weights. */
  readonly slots: readonly { readonly name: string; readonly initial: number }[];
  apply(graph: Graph, weights: Value, slots: readonly Value[], learningRate: Value, gradient: Value): Node;
}

const T = { T: { type: "float32" } } as const;

const optimizers: { [K in OptimizerOptions as K["name"]]: (options: K) => Optimizer } = {
  sgd: () => ({
    slots: [],
    apply: (graph, weights, _slots, rate, gradient) =>
      op.effect(graph, "ResourceApplyGradientDescent", [weights, rate, gradient], T),
  }),
  /** m <- momentum * m + g; w <- w - rate * m. */
  momentum: ({ momentum, nesterov }) => ({
    slots: [{ name: "momentum", initial: 0 }],
    apply: (graph, weights, [accumulator], rate, gradient) =>
      op.effect(graph, "ResourceApplyMomentum", [weights, accumulator!, rate, gradient, op.scalar(graph, momentum)], {
        ...T,
        use_nesterov: { bool: nesterov },
      }),
  }),
  /** TensorFlow 1: s <- d s + (1 - d) g^2, from 1; m <- momentum * m + rate * g / sqrt(s + epsilon); w <- w - m. */
  rmsprop: ({ decay, momentum, epsilon }) => ({
    slots: [
      { name: "meanSquare", initial: 1 },
      { name: "momentum", initial: 0 },
    ],
    apply: (graph, weights, [meanSquare, accumulator], rate, gradient) =>
      op.effect(
        graph,
        "ResourceApplyRMSProp",
        [
          weights,
          meanSquare!,
          accumulator!,
          rate,
          ...[decay, momentum, epsilon].map((value) => op.scalar(graph, value)),
          gradient,
        ],
        T,
      ),
  }),
};

export const optimizerOf = <O extends OptimizerOptions>(options: O): Optimizer =>
  (optimizers[options.name] as (options: O) => Optimizer)(options);
