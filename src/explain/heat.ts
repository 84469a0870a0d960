// Where a network looks, as numbers.

/** Cells that cover a square evenly, row by row from the top. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What a method has found for one class: above 0 what speaks for it, below 0 what speaks against it. */
export interface Heat {
  /** As it was measured. */
  readonly measured: Grid;
  /** Over the whole of the network's input. */
  readonly map: Grid;
}

/** The value at a place of the square, whose sides are 1 long: bilinear between the cells' middles, that of the outer cells beyond them. */
export function valueAt({ width, height, values }: Grid, x: number, y: number): number {
  const [left, right, across] = between(x, width);
  const [top, bottom, down] = between(y, height);
  const along = (row: number): number =>
    (1 - across) * values[row * width + left]! + across * values[row * width + right]!;
  return (1 - down) * along(top) + down * along(bottom);
}

/** The two cells whose middles a place lies between, and how far from the first. */
function between(place: number, cells: number): [low: number, high: number, share: number] {
  const at = Math.min(cells - 1, Math.max(0, place * cells - 0.5));
  const low = Math.floor(at);
  return [low, Math.min(cells - 1, low + 1), at - low];
}

/** The largest value, and the middle of its cell in the square, whose sides are 1 long. */
export function peakOf({ width, height, values }: Grid): { value: number; x: number; y: number } {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[at]!) at = i;
  return { value: values[at]!, x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
}

/** Its rows from the top. */
export const rowsIn = ({ width, height, values }: Grid): number[][] =>
  Array.from({ length: height }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
