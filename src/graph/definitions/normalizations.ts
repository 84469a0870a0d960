// Normalizations of maps by TensorFlow's kernels.

import { attribute } from "../attributes.ts";
import type { Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import type { Normalization } from "../operation-names.ts";
import * as op from "../operations.ts";
import { batchNormGradients, mustTakeVectors } from "./batch-statistics.ts";
import { type Definitions, likeFirst, must, mustBe, one } from "./definition.ts";

export const normalizations: Definitions<Normalization> = {
  LRN: {
    outputs: likeFirst,
    gradient: one((graph, dy, { inputs: [input], attributes }, y) => [
      () => graph.add({ op: "LRNGrad", inputs: [dy, input!, y], attributes })[0]!,
    ]),
  },
  /** The same by stored statistics, perhaps with an activation after it. */
  _FusedBatchNormEx: {
    outputs(inputs) {
      const [x, scale, offset, mean, variance] = inputs as [Value, Value, Value, Value, Value];
      mustTakeVectors(x, scale, offset);
      mustBe(mean, scale.shape, "the mean");
      mustBe(variance, scale.shape, "the variance");
      return [x, ...Array<Value>(5).fill(scale)];
    },
    gradient: "refused",
  },
  /** Normalized, mean, variance (unbiased), and three that the gradient needs; not in training the two are what was given. */
  FusedBatchNormV3: {
    outputs(inputs, attributes) {
      const [x, scale, offset, mean, variance] = inputs as [Value, Value, Value, Value, Value];
      mustTakeVectors(x, scale, offset);
      const given = attribute(attributes, "is_training", "bool") ? [0] : scale.shape;
      mustBe(mean, given, "the mean");
      mustBe(variance, given, "the variance");
      return [x, ...Array<Value>(5).fill(scale)];
    },
    gradient(pass) {
      const { graph, node } = pass;
      const [x, scale, , mean, variance] = node.inputs as [Value, Value, Value, Value, Value];
      const training = attribute(node.attributes, "is_training", "bool");
      must(training || (!pass.incoming[1] && !pass.incoming[2]), "stored statistics have no gradient");
      const kept = training ? [3, 4].map((output) => outputOf(node, output)) : [mean, variance];
      const makers = batchNormGradients(pass, (dy) =>
        graph.add({
          op: "FusedBatchNormGradV3",
          inputs: [dy, x, scale, ...kept, outputOf(node, 5)],
          attributes: node.attributes,
        }),
      );
      if (training) return makers;
      // By stored statistics each number has a factor of its own channel, which spares the kernel's sums over the map.
      const dx = (dy: Value): Value => {
        const epsilon = op.scalar(graph, attribute(node.attributes, "epsilon", "float"));
        const factor = op.divide(graph, scale, op.squareRoot(graph, op.add(graph, variance, epsilon)));
        return op.multiply(graph, dy, op.cast(graph, factor, dy.dtype));
      };
      return [() => dx(pass.incoming[0]!), ...makers.slice(1)];
    },
  },
};
