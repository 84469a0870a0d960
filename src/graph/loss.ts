// Label-smoothed cross-entropy over both heads (section 7 of arXiv 1512.00567).
import type { Outputs } from "./forward.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

export interface LossOptions {
  readonly labelSmoothing: number;
  readonly auxiliaryWeight: number;
}

export interface Loss {
  /** What is differentiated: main + auxiliaryWeight * auxiliary. */
  readonly total: Value;
  readonly main: Value;
  readonly auxiliary: Value;
  /** Pictures whose largest logit is their label's. */
  readonly correct: Value;
}

/** Means over the pictures whose label is not -1; targets are (1 - e) * one-hot + e / K. */
export function classificationLoss(graph: Graph, outputs: Outputs, labels: Value, options: LossOptions): Loss {
  const classes = outputs.logits.shape[1]!;
  const spread = options.labelSmoothing / classes;
  const targets = op.oneHot(graph, labels, classes, 1 - options.labelSmoothing + spread, spread);
  const present = op.cast(graph, op.greaterEqual(graph, labels, fill(graph, labels, 0)), "float32");
  const count = op.maximum(graph, op.sum(graph, present, [0]), op.scalar(graph, 1));
  const meanLoss = (logits: Value): Value =>
    op.divide(graph, op.sum(graph, op.multiply(graph, op.crossEntropy(graph, logits, targets), present), [0]), count);

  const main = meanLoss(outputs.logits);
  const heads = outputs.auxiliary.map(meanLoss);
  const auxiliary = heads.length > 0 ? op.addAll(graph, heads) : op.scalar(graph, 0);
  const total =
    heads.length > 0
      ? op.add(graph, main, op.multiply(graph, auxiliary, op.scalar(graph, options.auxiliaryWeight)))
      : main;
  const hits = op.cast(graph, op.equal(graph, op.argMax(graph, outputs.logits), labels), "float32");
  return { total, main, auxiliary, correct: op.sum(graph, hits, [0]) };
}

const fill = (graph: Graph, like: Value, value: number): Value => op.integers(graph, Array(like.shape[0]).fill(value));
