// The gradient of a convolution's filter, by TensorFlow's own kernel or by the project's (native/filter-gradient.cc).
import { availableParallelism } from "node:os";
import type { Dims, Graph, Value } from "./node.ts";

/**
 * `own` where oneDNN's kernel lags, without AVX-512. Measured on AVX2 with two cores at batch 32, in GFLOP/s, oneDNN's and
 * ours: 3x3 on 147x147x32 to 64: 57, 160; 3x3 on 73x73x80 to 192: 90, 173; 1x1 on 17x17x768: 131, 155; 5x5 on 35x35x48:
 * 152, 192.
 */
export type FilterGradients = "tensorflow" | "own";

/** Zeros around the map as TensorFlow's SAME has them: the odd one comes last. */
const before = (input: number, output: number, filter: number, stride: number): number =>
  Math.floor(Math.max(0, (output - 1) * stride + filter - input) / 2);

/** float32 only. One thread for each core, each with a share of the pixels: the sums depend on the number of cores. */
export function ownFilterGradient(graph: Graph, input: Value, filter: Dims, dy: Value, stride: number): Value {
  const padding = [0, 1].map((side) => before(input.shape[side + 1]!, dy.shape[side + 1]!, filter[side]!, stride));
  return graph.add({
    op: "InceptionFilterGradient",
    inputs: [input, dy],
    attributes: {
      filter: { ints: filter },
      padding: { ints: padding },
      stride: { int: stride },
      parts: { int: availableParallelism() },
    },
    outputs: [{ dtype: "float32", shape: filter }],
  })[0]!;
}
