// Batch norm of a training step by the project's own kernel (native/kernels/batch-norm.cc), with the ReLU after it.
import { type Kernels, threads } from "./kernels.ts";
import type { Attributes, Graph, Node, Value } from "./node.ts";
import { outputOf } from "./operation.ts";

export const ownBatchNormName = "InceptionBatchNorm";

/** The widest kernel takes channels sixteen at a time. */
export const hasOwnBatchNorm = (kernels: Kernels, { shape }: Value): boolean =>
  kernels !== "tensorflow" && shape[3]! >= 16;

/** [normalized, mean, variance (unbiased), and one that the gradient needs], to the bit whatever the number of threads. */
export const ownBatchNorm = (graph: Graph, inputs: readonly [Value, Value, Value], epsilon: number): Value[] =>
  add(graph, inputs, {
    epsilon: { float: epsilon },
    relu: { bool: false },
    T: { type: inputs[0].dtype },
    ...threads(graph),
  });

/** The same with its negative results zero, all four outputs; undefined if `value` is no batch norm of ours. */
export const rectified = (graph: Graph, { node }: Value): Value[] | undefined =>
  node.op === ownBatchNormName
    ? add(graph, node.inputs, { ...node.attributes, relu: { bool: true } }, node.name)
    : undefined;

/** From the gradient of its first output to those of its three inputs. */
export function ownBatchNormGradient(graph: Graph, node: Node, dy: Value): Value[] {
  const [mean, inverse] = [outputOf(node, 1), outputOf(node, 3)];
  return graph.add({
    op: `${ownBatchNormName}Gradient`,
    inputs: [dy, ...node.inputs, mean, inverse],
    attributes: node.attributes,
  });
}

const add = (graph: Graph, inputs: readonly Value[], attributes: Attributes, name?: string): Value[] =>
  graph.add({ op: ownBatchNormName, inputs, attributes, name });
