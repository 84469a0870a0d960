// The gradient of a convolution's filter by the project's own kernel (native/filter-gradient.cc).
import { threads, zerosBefore } from "./kernels.ts";
import type { Dims, Graph, Value } from "./node.ts";

/** float32 only. Each core takes a share of the pixels: the sums depend on the number of cores. */
export const ownFilterGradient = (graph: Graph, input: Value, filter: Dims, dy: Value, stride: number): Value =>
  graph.add({
    op: "InceptionFilterGradient",
    inputs: [input, dy],
    attributes: {
      filter: { ints: filter },
      padding: { ints: zerosBefore(input.shape, dy.shape, filter, stride) },
      stride: { int: stride },
      ...threads(),
    },
    outputs: [{ dtype: "float32", shape: filter }],
  })[0]!;
