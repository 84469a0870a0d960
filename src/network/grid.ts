// How windows shrink a grid: the one formula of "same" and "valid", and the grid at the end of a layer.
import { fold } from "./fold.ts";
import type { Layer, Window } from "./layer.ts";

/** Length of one side after the window has slid over it; zero or less where a valid window does not fit. */
export const slide = (length: number, kernel: number, { stride, padding }: Omit<Window, "kernel">): number =>
  padding === "same" ? Math.ceil(length / stride) : Math.floor((length - kernel) / stride) + 1;

/** Zeros before and after one side from which the window makes `output` places; TensorFlow's "same" puts the odd one last. */
export function zerosAround(length: number, output: number, kernel: number, stride: number): [number, number] {
  const total = Math.max(0, (output - 1) * stride + kernel - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Side of the last square grid that the layer makes out of a square input (heights only). */
export const gridAfter = (layer: Layer, size: number): number =>
  fold<number>(layer, size, {
    primitive: (primitive, length) => ("kernel" in primitive ? slide(length, primitive.kernel[0], primitive) : length),
    concat: (branches) => branches[0]!,
    tap: () => {},
  });
