// Whose kernels a program's float32 convolutions and batch norms run on: TensorFlow's, or also the project's own (native/).
import type { Attributes, Graph } from "./node.ts";

/**
 * `own` where oneDNN's kernels lag, without AVX-512. Measured on AVX2 with two cores at batch 32, in GFLOP/s counted as sums
 * of products, oneDNN's and ours. Gradients of filters: 3x3 on 147x147x32 to 64: 57, 160; 3x3 on 73x73x80 to 192: 90, 173;
 * 1x1 on 17x17x768: 131, 155; 5x5 on 35x35x48: 152, 192. Convolutions with stride 1, and their input's gradient, oneDNN 170
 * to 190 throughout: 3x3 on 147x147x32 to 64: 290; 3x3 on 35x35x96: 420; 5x5 on 35x35x48: 550; 1x7 on 17x17x192: 440; 3x3 on
 * 8x8x448: 330.
 */
export type Kernels = "tensorflow" | "own";

/** How many threads an operation of ours may use. */
export const threads = (graph: Graph): Attributes => ({ threads: { int: graph.threads } });
