// The end of a classifier: a product of matrices, softmax, cross-entropy.

import { attribute } from "../attributes.ts";
import type { Graph, Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import type { Classifier } from "../operation-names.ts";
import * as op from "../operations.ts";
import { type Definitions, likeFirst, type Maker, must, mustBe, one } from "./definition.ts";

export const classifiers: Definitions<Classifier> = {
  MatMul: {
    outputs([a, b], attributes) {
      must(a!.shape.length === 2 && b!.shape.length === 2, `[${a!.shape}] and [${b!.shape}] are not both matrices`);
      const [rows, inner] = turned(a!, attribute(attributes, "transpose_a", "bool"));
      const [other, columns] = turned(b!, attribute(attributes, "transpose_b", "bool"));
      must(inner === other, `[${rows}, ${inner}] and [${other}, ${columns}] have no product`);
      return [{ dtype: a!.dtype, shape: [rows, columns] }];
    },
    /** y = A B, where A and B are a and b or their transposes: dA = dy B', dB = A' dy, and turned where they are. */
    gradient: one((graph, dy, { inputs, attributes }) => {
      const [a, b] = inputs as [Value, Value];
      const transposeA = attribute(attributes, "transpose_a", "bool");
      const transposeB = attribute(attributes, "transpose_b", "bool");
      return [
        () =>
          transposeA
            ? op.matMul(graph, b, dy, { transposeA: transposeB, transposeB: true })
            : op.matMul(graph, dy, b, { transposeB: !transposeB }),
        () =>
          transposeB
            ? op.matMul(graph, dy, a, { transposeA: true, transposeB: transposeA })
            : op.matMul(graph, a, dy, { transposeA: !transposeA }),
      ];
    }),
  },
  Softmax: { outputs: likeFirst, gradient: one((graph, dy, _node, y) => [() => softmaxGradient(graph, dy, y)]) },
  LogSoftmax: {
    outputs: likeFirst,
    gradient: one((graph, dy, { inputs: [logits] }) => [
      () => op.subtract(graph, dy, op.multiply(graph, op.softmax(graph, logits!), rowSums(graph, dy))),
    ]),
  },
  SoftmaxCrossEntropyWithLogits: {
    outputs([logits, targets]) {
      mustBe(targets!, logits!.shape, "the targets");
      return [{ dtype: logits!.dtype, shape: logits!.shape.slice(0, 1) }, logits!];
    },
    /** The second output is the first's gradient, softmax(logits) - targets. */
    gradient({ graph, node, incoming: [dLoss, dDifference] }) {
      const [logits] = node.inputs as [Value];
      const column = (rows: Value) => op.reshape(graph, rows, [rows.shape[0]!, 1]);
      const makers = (fromLoss: (dLoss: Value) => Value, fromDifference: (dDifference: Value) => Value): Maker => {
        return () =>
          op.addAll(graph, [
            ...(dLoss ? [fromLoss(column(dLoss))] : []),
            ...(dDifference ? [fromDifference(dDifference)] : []),
          ]);
      };
      const difference = outputOf(node, 1);
      return [
        makers(
          (dLoss) => op.multiply(graph, dLoss, difference),
          (dDifference) => softmaxGradient(graph, dDifference, op.softmax(graph, logits)),
        ),
        makers(
          (dLoss) => op.scale(graph, op.multiply(graph, dLoss, op.logSoftmax(graph, logits)), -1),
          (dDifference) => op.scale(graph, dDifference, -1),
        ),
      ];
    },
  },
};

const turned = ({ shape }: Value, transposed: boolean): [number, number] =>
  transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];

const rowSums = (graph: Graph, value: Value): Value => op.sum(graph, value, [value.shape.length - 1], true);

/** y (dy - sum over the row of y dy). */
const softmaxGradient = (graph: Graph, dy: Value, y: Value): Value =>
  op.multiply(graph, y, op.subtract(graph, dy, rowSums(graph, op.multiply(graph, dy, y))));
