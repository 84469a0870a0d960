// Weight decay as a part of the gradient (L2), and what it costs.
import { type Kernels, threads } from "./kernels.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";
import { type Per, per, type Trained, trained } from "./state.ts";

type Decay = {
  readonly weightDecay: number;
  readonly decayed: "kernels" | "all";
  /** Whether weights decay beside the gradient instead. */
  readonly decoupled: boolean;
  readonly kernels: Kernels;
};

export interface Decayed {
  /** Of each group. */
  readonly decays: Per<Trained, number>;
  readonly gradient: Per<Trained, Value>;
  /** Half the sum of squares of each group's gradient. */
  readonly halfSquares: readonly Value[];
  /** The decay's part of the loss: decay * sum(w^2) / 2, 0 where it is decoupled. */
  readonly cost: Value;
}

export function withWeightDecay(
  graph: Graph,
  weights: Per<Trained, Value>,
  gradient: Per<Trained, Value>,
  { weightDecay, decayed, decoupled, kernels }: Decay,
): Decayed {
  const decays = { kernels: weightDecay, scalars: decayed === "all" ? weightDecay : 0 };
  const isPulled = (group: Trained): boolean => !decoupled && (group === "kernels" || decays[group] > 0);
  const ownRun = (group: Trained): boolean => kernels !== "tensorflow" && weights[group].shape[0]! > 0;
  const of = per(trained, (group) => {
    const pull = isPulled(group) ? (ownRun(group) ? pulledAtOnce : pulled) : alone;
    return pull(graph, gradient[group], weights[group], weightDecay);
  });
  const costs = trained.flatMap((group) => of[group].ofWeights ?? []);
  return {
    decays,
    gradient: per(trained, (group) => of[group].gradient),
    halfSquares: trained.map((group) => of[group].squares),
    cost: decoupled
      ? op.scalar(graph, 0)
      : op.addAll(
          graph,
          costs.map((cost) => op.multiply(graph, cost, op.scalar(graph, weightDecay))),
        ),
  };
}

/** A gradient with its decay, and half the sums of squares: the gradient's, and that of the weights where they decay. */
type Pulled = { readonly gradient: Value; readonly squares: Value; readonly ofWeights?: Value };

const alone = (graph: Graph, gradient: Value): Pulled => ({ gradient, squares: op.halfSquares(graph, gradient) });

function pulled(graph: Graph, gradient: Value, weights: Value, decay: number): Pulled {
  const sum = op.add(graph, gradient, op.scale(graph, weights, decay));
  return { gradient: sum, squares: op.halfSquares(graph, sum), ofWeights: op.halfSquares(graph, weights) };
}

/**
 * By the project's own kernel (native/kernels/decayed-gradient.cc), in one pass over both. A gradient that is only put
 * together for it is read where its parts lie.
 */
function pulledAtOnce(graph: Graph, gradient: Value, weights: Value, decay: number): Pulled {
  const parts = gradient.node.op === "ConcatV2" ? gradient.node.inputs.slice(0, -1) : [gradient];
  const [sum, halves] = graph.add({
    op: "InceptionDecayedGradient",
    inputs: [...parts, weights],
    attributes: { decay: { float: decay }, count: { int: parts.length }, ...threads(graph) },
  }) as [Value, Value];
  const [ofWeights, squares] = op.split(graph, halves, [1, 1], 0).map((half) => op.reshape(graph, half, []));
  return { gradient: sum, squares: squares!, ofWeights: ofWeights! };
}
