// What every batch norm shares: its inputs, and gradients that come back through the mean and the variance that it gives.
import type { Graph, Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import * as op from "../operations.ts";
import { elements } from "../shape.ts";
import { type Backward, type Maker, must, mustBe, once } from "./definition.ts";

export function mustTakeVectors(x: Value, scale: Value, offset: Value): void {
  must(x.shape.length === 4, `[${x.shape}] is no map`);
  mustBe(scale, x.shape.slice(-1), "the scale");
  mustBe(offset, x.shape.slice(-1), "the offset");
}

/** Of the map, the scale and the offset; `kernel` gives the three that come from the gradient of the normalized map. */
export function batchNormGradients(
  { graph, node, incoming: [dy, dMean, dVariance, ...others] }: Backward,
  kernel: (dy: Value) => readonly Value[],
): Maker[] {
  must(
    others.every((gradient) => gradient === undefined),
    "what a batch norm keeps for its gradient has none itself",
  );
  const fromMap = once(() => (dy ? kernel(dy) : []));
  return [0, 1, 2].map((input) => () => {
    const statistics =
      input === 0 ? throughStatistics(graph, outputOf(node, 1), node.inputs[0]!, dMean, dVariance) : [];
    const parts = [...fromMap().slice(input, input + 1), ...statistics];
    return parts.length === 0 ? op.zerosLike(graph, node.inputs[input]!) : op.addAll(graph, parts);
  });
}

/** d mean / dx = 1 / n and d variance / dx = 2 (x - mean) / (n - 1), over the n places of a channel. */
function throughStatistics(graph: Graph, mean: Value, x: Value, dMean?: Value, dVariance?: Value): Value[] {
  const places = elements(x.shape) / mean.shape[0]!;
  const wide = (make: () => Value) => op.cast(graph, make(), x.dtype);
  return [
    ...(dMean ? [wide(() => op.broadcastTo(graph, op.scale(graph, dMean, 1 / places), x.shape))] : []),
    ...(dVariance
      ? [
          wide(() =>
            op.multiply(
              graph,
              op.subtract(graph, op.cast(graph, x, mean.dtype), mean),
              op.scale(graph, dVariance, 2 / Math.max(1, places - 1)),
            ),
          ),
        ]
      : []),
  ];
}
