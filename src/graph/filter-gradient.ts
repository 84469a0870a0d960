// The gradient of a convolution's filter by the project's own kernel (native/filter-gradient.cc).
import { parts, zerosBefore } from "./kernels.ts";
import type { Dims, Graph, Value } from "./node.ts";

/** float32 only; `zeros` above and to the left. Each core takes a share of the pixels: the sums depend on the number of cores. */
export const ownFilterGradient = (
  graph: Graph,
  input: Value,
  filter: Dims,
  dy: Value,
  stride: number,
  zeros: readonly number[] = zerosBefore(input.shape, dy.shape, filter, stride),
): Value =>
  graph.add({
    op: "InceptionFilterGradient",
    inputs: [input, dy],
    attributes: {
      filter: { ints: filter },
      padding: { ints: zeros },
      stride: { int: stride },
      ...parts(),
    },
    outputs: [{ dtype: "float32", shape: filter }],
  })[0]!;
