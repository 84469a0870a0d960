// Optimizers by name, each as the operation that applies a gradient.
import { type MuonOptions, muon } from "./muon.ts";
import * as op from "./operations.ts";
import { ownRmsprop } from "./own-rmsprop.ts";
import type { Optimizer } from "./update.ts";

export type OptimizerOptions =
  | { readonly name: "sgd" }
  | { readonly name: "momentum"; readonly momentum: number; readonly nesterov: boolean }
  | { readonly name: "rmsprop"; readonly decay: number; readonly momentum: number; readonly epsilon: number }
  | { readonly name: "adamw"; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  | ({ readonly name: "muon" } & MuonOptions);

const T = { T: { type: "float32" } } as const;

const optimizers: { [K in OptimizerOptions as K["name"]]: (options: K) => Optimizer } = {
  sgd: () => ({
    slots: [],
    apply: (graph, { weights, rate, gradient }) =>
      op.effect(graph, "ResourceApplyGradientDescent", [weights, rate, gradient], T),
  }),
  /** m <- momentum * m + g; w <- w - rate * m. */
  momentum: ({ momentum, nesterov }) => ({
    slots: [{ name: "momentum", initial: 0 }],
    apply: (graph, { weights, slots: [accumulator], rate, gradient }) =>
      op.effect(graph, "ResourceApplyMomentum", [weights, accumulator!, rate, gradient, op.scalar(graph, momentum)], {
        ...T,
        use_nesterov: { bool: nesterov },
      }),
  }),
  /** TensorFlow 1: s <- d s + (1 - d) g^2, from 1; m <- momentum * m + rate * g / sqrt(s + epsilon); w <- w - m. */
  rmsprop: ({ decay, momentum, epsilon }) => ({
    whole: (graph, update) => ownRmsprop(graph, { decay, momentum, epsilon }, update),
    slots: [
      { name: "meanSquare", initial: 1 },
      { name: "momentum", initial: 0 },
    ],
    apply: (graph, { weights, slots: [meanSquare, accumulator], rate, gradient }) =>
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
  /**
   * Loshchilov and Hutter, arXiv 1711.05101, algorithm 2, with the rate in front of the decay too, as PyTorch has it: w <- w - rate * decay * w;
   * m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; w <- w - rate * m' / (sqrt(v') + epsilon), where m' and v' are m and v over
   * 1 - beta^count. TensorFlow's kernel has epsilon beside the root of v, not of v'.
   */
  adamw: ({ beta1, beta2, epsilon }) => ({
    slots: [
      { name: "mean", initial: 0 },
      { name: "meanSquare", initial: 0 },
    ],
    decoupled: true,
    apply(graph, { weights, before, slots: [mean, meanSquare], rate, gradient, count, weightDecay }) {
      const number = (value: number) => op.scalar(graph, value);
      const [power1, power2] = [beta1, beta2].map((beta) => op.power(graph, number(beta), count));
      const rootOfRest = op.squareRoot(graph, op.subtract(graph, number(1), power2!));
      const shrink = () => {
        const lost = op.multiply(graph, before, op.multiply(graph, rate, number(weightDecay)));
        return op.identity(graph, gradient, undefined, [op.assignSubtract(graph, weights, lost)]);
      };
      return op.effect(
        graph,
        "ResourceApplyAdam",
        [
          ...[weights, mean!, meanSquare!, power1!, power2!, rate, number(beta1), number(beta2)],
          op.multiply(graph, number(epsilon), rootOfRest),
          weightDecay === 0 ? gradient : shrink(),
        ],
        T,
      );
    },
  }),
  muon,
};

export const optimizerOf = <O extends OptimizerOptions>(options: O): Optimizer =>
  (optimizers[options.name] as (options: O) => Optimizer)(options);
