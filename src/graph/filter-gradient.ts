// The gradient of a convolution's filter by the project's own kernel (native/filter-gradient.cc).
import { parts, zerosBefore } from "./kernels.ts";
import type { Dims, Graph, Value } from "./node.ts";

/** float32 only. Each thread takes a share of the pixels: the sums depend on the number of threads. */
export const ownFilterGradient = (graph: Graph, input: Value, filter: Dims, dy: Value, stride: number): Value =>
  graph.add({
    op: "InceptionFilterGradient",
    inputs: [input, dy],
    attributes: {
      filter: { ints: filter },
      padding: { ints: zerosBefore(input.shape, dy.shape, filter, stride) },
      stride: { int: stride },
      ...parts(graph),
    },
    outputs: [{ dtype: "float32", shape: filter }],
  })[0]!;
