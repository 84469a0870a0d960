// Weight decay as a part of the gradient (L2), and what it costs.
import { type Kernels, threads } from "./kernels.ts";
import type { Graph, OperationName, Value } from "./node.ts";
import * as op from "./operations.ts";
import { type Per, per, type Trained, trained } from "./state.ts";

type Decay = {
  readonly weightDecay: number;
  readonly decayed: "kernels" | "all";
  /** Whether weights decay beside the gradient instead. */
  readonly decoupled: boolean;
  readonly kernels: Kernels;
  /** Whether the update itself can decay this group's weights, by a kernel of the project's own. */
  readonly inUpdate?: (group: Trained) => boolean;
};

export interface Decayed {
  /** Of each group. */
  readonly decays: Per<Trained, number>;
  readonly gradient: Per<Trained, Value>;
  /** Whether the gradient is still without the decay, which the update is to add. */
  readonly left: Per<Trained, boolean>;
  /** Half the sum of squares of each group's gradient. */
  readonly halfSquares: readonly Value[];
  /** The decay's part of the loss: decay * sum(w^2) / 2, 0 where it is decoupled. */
  readonly cost: Value;
}

export function withWeightDecay(
  graph: Graph,
  weights: Per<Trained, Value>,
  gradient: Per<Trained, Value>,
  { weightDecay, decayed, decoupled, kernels, inUpdate = () => false }: Decay,
): Decayed {
  const decays = { kernels: weightDecay, scalars: decayed === "all" ? weightDecay : 0 };
  const isPulled = (group: Trained): boolean => !decoupled && (group === "kernels" || decays[group] > 0);
  const ownRun = (group: Trained): boolean => kernels !== "tensorflow" && weights[group].shape[0]! > 0;
  const left = per(trained, (group) => isPulled(group) && ownRun(group) && inUpdate(group));
  const of = per(trained, (group) => {
    const own = left[group] ? summed : pulledAtOnce;
    const pull = isPulled(group) ? (ownRun(group) ? own : pulled) : alone;
    return pull(graph, gradient[group], weights[group], weightDecay);
  });
  const costs = trained.flatMap((group) => of[group].ofWeights ?? []);
  return {
    decays,
    left,
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

/** A gradient that is only put together for what takes its parts is read where they lie. */
export const partsOf = (gradient: Value): readonly Value[] =>
  gradient.node.op === "ConcatV2" ? gradient.node.inputs.slice(0, -1) : [gradient];

/** By the project's own kernel (native/kernels/decayed-gradient.cc), in one pass over both. */
function pulledAtOnce(graph: Graph, gradient: Value, weights: Value, decay: number): Pulled {
  const [sum, halves] = ownSums(graph, "InceptionDecayedGradient", gradient, weights, decay) as [Value, Value];
  return { gradient: sum, ...eachOf(graph, halves) };
}

/** The same sums of a gradient that stays without its decay. */
function summed(graph: Graph, gradient: Value, weights: Value, decay: number): Pulled {
  const [halves] = ownSums(graph, "InceptionHalfSquares", gradient, weights, decay) as [Value];
  return { gradient, ...eachOf(graph, halves) };
}

function ownSums(graph: Graph, name: OperationName, gradient: Value, weights: Value, decay: number): readonly Value[] {
  const parts = partsOf(gradient);
  return graph.add({
    op: name,
    inputs: [...parts, weights],
    attributes: { decay: { float: decay }, count: { int: parts.length }, ...threads(graph) },
  });
}

function eachOf(graph: Graph, halves: Value): Pick<Pulled, "squares"> & { readonly ofWeights: Value } {
  const [ofWeights, squares] = op.split(graph, halves, [1, 1], 0).map((half) => op.reshape(graph, half, []));
  return { squares: squares!, ofWeights: ofWeights! };
}
