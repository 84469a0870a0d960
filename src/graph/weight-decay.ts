// Weight decay as a part of the gradient (L2), and what it costs.
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";
import { type Per, per, type Trained, trained } from "./state.ts";

type Decay = {
  readonly weightDecay: number;
  readonly decayed: "kernels" | "all";
  /** Whether weights decay beside the gradient instead. */
  readonly decoupled: boolean;
};

export interface Decayed {
  /** Of each group. */
  readonly decays: Per<Trained, number>;
  readonly gradient: Per<Trained, Value>;
  /** The decay's part of the loss: decay * sum(w^2) / 2, 0 where it is decoupled. */
  readonly cost: Value;
}

export function withWeightDecay(
  graph: Graph,
  weights: Per<Trained, Value>,
  gradient: Per<Trained, Value>,
  { weightDecay, decayed, decoupled }: Decay,
): Decayed {
  const decays = { kernels: weightDecay, scalars: decayed === "all" ? weightDecay : 0 };
  if (decoupled) return { decays, gradient, cost: op.scalar(graph, 0) };
  const l2 = trained.filter((group) => group === "kernels" || decays[group] > 0);
  const decay = op.scalar(graph, weightDecay);
  const costs = l2.map((group) => op.multiply(graph, op.halfSquares(graph, weights[group]), decay));
  const pulled = (group: Trained) => op.add(graph, gradient[group], op.multiply(graph, weights[group], decay));
  return {
    decays,
    gradient: per(trained, (group) => (l2.includes(group) ? pulled(group) : gradient[group])),
    cost: op.addAll(graph, costs),
  };
}
