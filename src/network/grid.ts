// How windows shrink a grid: the one formula of every padding, and the grid at the end of a layer.
import { fold } from "./fold.ts";
import type { Layer, Margin, PoolWindow, Size } from "./layer.ts";

/** A window's way along one side. */
export type Sliding = {
  readonly stride: number;
  readonly padding: "same" | "valid" | Margin;
  readonly ceil?: boolean | undefined;
};

/** Length of one side after the window has slid over it; zero or less where it does not fit (PyTorch's formulas). */
export function slide(length: number, kernel: number, { stride, padding, ceil = false }: Sliding): number {
  if (padding === "same") return Math.ceil(length / stride);
  const [before, after] = padding === "valid" ? [0, 0] : padding;
  const steps = (before + length + after - kernel) / stride;
  const last = ceil ? Math.min(Math.ceil(steps), Math.ceil((before + length) / stride) - 1) : Math.floor(steps);
  return last + 1;
}

/** Height and width after the window has slid over a map. */
export const slideOver = (window: PoolWindow, sides: Size): Size => {
  const [rows, columns] = alongSides(window);
  return [slide(sides[0], window.kernel[0], rows), slide(sides[1], window.kernel[1], columns)];
};

/** Places beyond the edges that the windows reach, [rows, columns]. */
export const marginsOf = (window: PoolWindow, sides: Size): readonly [rows: Margin, columns: Margin] => {
  const [rows, columns] = alongSides(window);
  return [marginOf(sides[0], window.kernel[0], rows), marginOf(sides[1], window.kernel[1], columns)];
};

/** The window's way down and its way across. */
const alongSides = ({ stride, padding, ceil }: PoolWindow): readonly [rows: Sliding, columns: Sliding] => {
  const along = (side: "rows" | "columns"): Sliding => ({
    stride,
    padding: typeof padding === "string" ? padding : padding[side],
    ceil,
  });
  return [along("rows"), along("columns")];
};

function marginOf(length: number, kernel: number, sliding: Sliding): Margin {
  const { stride, padding } = sliding;
  const output = slide(length, kernel, sliding);
  if (padding === "same") return zerosAround(length, output, kernel, stride);
  const before = padding === "valid" ? 0 : padding[0];
  return [before, Math.max(0, (output - 1) * stride + kernel - before - length)];
}

/** Zeros before and after one side from which the window makes `output` places; TensorFlow's "same" puts the odd one last. */
export function zerosAround(length: number, output: number, kernel: number, stride: number): [number, number] {
  const total = Math.max(0, (output - 1) * stride + kernel - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Where each window of an adaptive pool begins and ends along a side. */
export const adaptiveWindows = (length: number, grid: number): readonly (readonly [start: number, end: number])[] =>
  Array.from({ length: grid }, (_, i) => [Math.floor((i * length) / grid), Math.ceil(((i + 1) * length) / grid)]);

/** Side of the last square grid that the layer makes out of a square input (heights only). */
export const gridAfter = (layer: Layer, size: number): number =>
  fold<number>(layer, size, {
    primitive: (primitive, length) => ("kernel" in primitive ? slideOver(primitive, [length, length])[0] : length),
    concat: (branches) => branches[0]!,
    tap: () => {},
  });
