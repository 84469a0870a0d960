// A bias and the ReLU after it as one operation on a GPU, where each takes a pass over the maps of its own: the batch norm that TensorFlow has
// with an activation, by statistics that leave everything as it is. In float32 TensorFlow makes one of most convolutions and what follows.
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

/** From what comes before the ReLU; undefined where that is no bias added to maps of bfloat16. */
export function biasRelu(graph: Graph, { node, dtype, shape }: Value): Value | undefined {
  if (node.op !== "BiasAdd" || dtype !== "bfloat16" || shape.length !== 4) return undefined;
  const [maps, bias] = node.inputs as [Value, Value];
  const offset = wide(graph, bias);
  const [ones, zeros] = [op.filled(graph, offset.shape, 1), op.filled(graph, offset.shape, 0)];
  return op.rectifiedBatchNorm(graph, [maps, ones, offset, zeros, ones]);
}

/** In float32: as it was before it was made narrow, where it was. */
const wide = (graph: Graph, bias: Value): Value => {
  const { op: name, inputs } = bias.node;
  return name === "Cast" && inputs[0]!.dtype === "float32" ? inputs[0]! : op.cast(graph, bias, "float32");
};
