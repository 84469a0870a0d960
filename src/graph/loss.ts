// Label-smoothed cross-entropy over both heads (section 7 of arXiv 1512.00567).
import type { Outputs } from "./forward.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

export interface LossOptions {
  readonly labelSmoothing: number;
  /** What a picture counts by the number of its class; all the same where left out. */
  readonly weightOfClass?: readonly number[] | undefined;
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

/** A second label for each picture (int32, [batch]), and the share of the first (float32, [batch]). */
export interface Mixed {
  readonly labels: Value;
  readonly shares: Value;
}

/**
 * Means over the pictures whose label is not -1; targets are (1 - e) * one-hot + e / K, of mixed pictures by the shares of their labels. With
 * weights, target and mean are weighted as in PyTorch's CrossEntropyLoss: sum_c w_c t_c * -ln p_c, over the sum of the labels' weights. Hits
 * are those of the first label.
 */
export function classificationLoss(
  graph: Graph,
  outputs: Outputs,
  labels: Value,
  options: LossOptions,
  mixed?: Mixed,
): Loss {
  const classes = outputs.logits.shape[1]!;
  const spread = options.labelSmoothing / classes;
  const oneHot = (on: number, off: number): Value => {
    const first = op.oneHot(graph, labels, classes, on, off);
    return mixed ? between(graph, first, op.oneHot(graph, mixed.labels, classes, on, off), mixed.shares) : first;
  };
  const smoothed = oneHot(1 - options.labelSmoothing + spread, spread);
  const present = op.cast(graph, op.greaterEqual(graph, labels, fill(graph, labels, 0)), "float32");
  const { targets, counted, count } = options.weightOfClass
    ? weighted(graph, smoothed, oneHot(1, 0), present, options.weightOfClass)
    : {
        targets: smoothed,
        counted: present,
        count: op.maximum(graph, op.sum(graph, present, [0]), op.scalar(graph, 1)),
      };
  const meanLoss = (logits: Value): Value =>
    op.divide(graph, op.sum(graph, op.multiply(graph, op.crossEntropy(graph, logits, targets), counted), [0]), count);

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

/** Targets that sum to 1, as their cross-entropy wants them, and what that of each picture counts. */
function weighted(graph: Graph, smoothed: Value, labels: Value, present: Value, weights: readonly number[]) {
  const row = op.floats(graph, weights, [1, weights.length]);
  const targets = op.multiply(graph, smoothed, row);
  const sums = op.sum(graph, targets, [1], true);
  const weightOfLabels = op.sum(graph, op.multiply(graph, labels, row), [1]);
  const above0 = (value: Value): Value => op.maximum(graph, value, op.scalar(graph, 1e-30));
  return {
    targets: op.divide(graph, targets, above0(sums)),
    counted: op.multiply(graph, op.reshape(graph, sums, present.shape), present),
    count: above0(op.sum(graph, op.multiply(graph, weightOfLabels, present), [0])),
  };
}

/** share * first + (1 - share) * second, row by row. */
function between(graph: Graph, first: Value, second: Value, shares: Value): Value {
  const column = op.reshape(graph, shares, [shares.shape[0]!, 1]);
  return op.add(graph, second, op.multiply(graph, column, op.subtract(graph, first, second)));
}

const fill = (graph: Graph, like: Value, value: number): Value => op.integers(graph, Array(like.shape[0]).fill(value));
