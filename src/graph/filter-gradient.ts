// The gradient of a convolution's filter, as TensorFlow's own kernel or as products of matrices.
import type { Size } from "../network/layer.ts";
import type { Dims, Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

/**
 * `products` where oneDNN's kernel lags: without AVX-512 it reads maps in blocks of 8 channels, which suits neither maps
 * wider than its caches nor small ones, nor 1x1 filters. Measured at batch 32 on AVX2 (two cores, GFLOP/s, kernel against
 * products): 3x3 on 147x147x32 to 64: 57, 93; 3x3 on 73x73x80 to 192: 90, 143; 1x1 on 17x17x768: 131, 160;
 * 1x3 on 8x8x384: 102, 148. In between the kernel wins: 5x5 on 35x35x48: 152, 102.
 */
export type FilterGradients = "kernel" | "products";

const [small, wide, many] = [8, 64, 64];

export function prefersProducts(input: Value, filter: Value, dy: Value, stride: number): boolean {
  const [rows, columns, , filters] = filter.shape as [number, number, number, number];
  const width = dy.shape[2]!;
  if (stride !== 1 || input.dtype !== "float32") return false;
  return rows * columns === 1 || width <= small || (width >= wide && filters >= many);
}

/** For stride 1: one product for each row of the filter, over the map shifted to each of its columns, side by side. */
export function filterGradientByProducts(graph: Graph, input: Value, filter: Dims, dy: Value): Value {
  const [rows, columns, channels, filters] = filter as [number, number, number, number];
  const [batch, height, width] = dy.shape as [number, number, number, number];
  const outputs = op.reshape(graph, dy, [batch * height * width, filters]);
  const padded = padTo(graph, input, [height + rows - 1, width + columns - 1]);
  const shifts = Array.from({ length: columns }, (_, x) =>
    op.slice(graph, padded, [0, 0, x, 0], [batch, height + rows - 1, width, channels]),
  );
  const patches = op.concat(graph, shifts, 3);
  const products = Array.from({ length: rows }, (_, y) => {
    const row = op.slice(graph, patches, [0, y, 0, 0], [batch, height, width, columns * channels]);
    const flat = op.reshape(graph, row, [batch * height * width, columns * channels]);
    return op.matMul(graph, flat, outputs, { transposeA: true });
  });
  return op.reshape(graph, op.concat(graph, products, 0), filter);
}

/** Zeros around the map, one more at the end where they do not halve, as TensorFlow's SAME has it. */
function padTo(graph: Graph, map: Value, [height, width]: Size): Value {
  const sides = (total: number): Size => [Math.floor(total / 2), Math.ceil(total / 2)];
  const [rows, columns] = [sides(height - map.shape[1]!), sides(width - map.shape[2]!)];
  return [...rows, ...columns].every((amount) => amount === 0) ? map : op.pad(graph, map, rows, columns);
}
