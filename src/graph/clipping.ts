// Clipping of gradients by their global norm (section 8 of arXiv 1512.00567; Pascanu, Mikolov and Bengio, arXiv 1211.5063).
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

/** Of vectors together, from half the sum of squares of each. */
export const globalNorm = (graph: Graph, halfSquares: readonly Value[]): Value =>
  op.squareRoot(graph, op.multiply(graph, op.addAll(graph, halfSquares), op.scalar(graph, 2)));

/** What a gradient of this norm is multiplied by so that its norm is at most `limit`: min(1, limit / norm). */
export const clipFactor = (graph: Graph, norm: Value, limit: number): Value =>
  op.divide(graph, op.scalar(graph, limit), op.maximum(graph, norm, op.scalar(graph, limit)));
