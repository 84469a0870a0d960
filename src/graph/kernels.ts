// Whose kernels a program's convolutions and batch norms run on: TensorFlow's, or also the project's own (native/).
import type { Attributes, Graph } from "./node.ts";

/**
 * `own` wherever there are any. Measured in 10^9 multiply-adds a second, TensorFlow's and ours, on two cores with AVX-512 and
 * AVX512_BF16 at batch 8. In bfloat16, gradients of filters: 3x3 on 147x147x32 to 64: 153, 177; 3x3 on 73x73x80 to 192: 164,
 * 203; 1x1 on 35x35x192 to 64: 58, 114; 1x3 on 8x8x384: 44, 99. Convolutions with stride 1, and their input's gradient: 3x3
 * on 147x147x32 to 64: 218, 248; 3x3 on 73x73x80 to 192: 224, 277; 5x5 on 35x35x48: 208, 378. With AVX2 at batch 32 in
 * float32, gradients of filters: 3x3 on 147x147x32 to 64: 29, 80; 1x1 on 17x17x768: 66, 78; convolutions, TensorFlow 85 to 95
 * throughout: 3x3 on 35x35x96: 210; 5x5 on 35x35x48: 275; 1x7 on 17x17x192: 220; 3x3 on 8x8x448: 165.
 */
export type Kernels = "tensorflow" | "own";

/** How many threads an operation of ours may use. */
export const threads = (graph: Graph): Attributes => ({ threads: { int: graph.threads } });
