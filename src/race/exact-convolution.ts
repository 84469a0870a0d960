// How far the results of a convolution, or of its gradients, lie from the exact ones.
import type { Pass } from "../graph/kernels.ts";
import { elements } from "../graph/shape.ts";
import { marginsOf } from "../network/grid.ts";
import type { Convolution } from "./convolutions.ts";

/** In the order of their shapes. */
export type Factors = { readonly x: Float32Array; readonly filter: Float32Array; readonly dy: Float32Array };

const samples = 40;

/**
 * The largest distance of some results, at even distances among all, from their sums in float64, relative to the largest of
 * these.
 */
export function errorOf(of: Convolution, pass: Pass, factors: Factors, results: Float32Array): number {
  const shape = { forward: of.output, inference: of.output, input: of.input, filter: of.filter }[pass];
  const every = Math.max(1, Math.floor(elements(shape) / samples));
  let [apart, largest] = [0, Number.MIN_VALUE];
  for (let index = every >> 1; index < results.length; index += every) {
    const exact = exactly[pass === "inference" ? "forward" : pass](of, factors, placeOf(index, shape));
    apart = Math.max(apart, Math.abs(results[index]! - exact));
    largest = Math.max(largest, Math.abs(exact));
  }
  return apart / largest;
}

type Place = readonly [number, number, number, number];
const placeOf = (index: number, [, b, c, d]: readonly number[]): Place => [
  Math.floor(index / (b! * c! * d!)),
  Math.floor(index / (c! * d!)) % b!,
  Math.floor(index / d!) % c!,
  index % d!,
];
const indexOf = ([i, j, k, l]: Place, [, b, c, d]: readonly number[]): number => ((i * b! + j) * c! + k) * d! + l;

type Exactly = (of: Convolution, factors: Factors, place: Place) => number;

const exactly: Record<Exclude<Pass, "inference">, Exactly> = {
  forward(of, { x, filter }, [picture, row, column, ofFilter]) {
    let sum = 0;
    eachTap(of, (tapRow, tapColumn, down, right) => {
      const [y, x0] = [row * of.window.stride + down, column * of.window.stride + right];
      if (!inside(y, x0, of.input)) return;
      for (let channel = 0; channel < of.filter[2]!; channel++)
        sum +=
          x[indexOf([picture, y, x0, channel], of.input)]! *
          filter[indexOf([tapRow, tapColumn, channel, ofFilter], of.filter)]!;
    });
    return sum;
  },
  input(of, { filter, dy }, [picture, row, column, channel]) {
    let sum = 0;
    eachTap(of, (tapRow, tapColumn, down, right) => {
      const [y, x0] = [(row - down) / of.window.stride, (column - right) / of.window.stride];
      if (!Number.isInteger(y) || !Number.isInteger(x0) || !inside(y, x0, of.output)) return;
      for (let ofFilter = 0; ofFilter < of.filter[3]!; ofFilter++)
        sum +=
          dy[indexOf([picture, y, x0, ofFilter], of.output)]! *
          filter[indexOf([tapRow, tapColumn, channel, ofFilter], of.filter)]!;
    });
    return sum;
  },
  filter(of, { x, dy }, [tapRow, tapColumn, channel, ofFilter]) {
    const [above, left] = zerosOf(of);
    let sum = 0;
    for (let picture = 0; picture < of.output[0]!; picture++)
      for (let row = 0; row < of.output[1]!; row++)
        for (let column = 0; column < of.output[2]!; column++) {
          const [y, x0] = [row * of.window.stride + tapRow - above, column * of.window.stride + tapColumn - left];
          if (inside(y, x0, of.input))
            sum +=
              x[indexOf([picture, y, x0, channel], of.input)]! *
              dy[indexOf([picture, row, column, ofFilter], of.output)]!;
        }
    return sum;
  },
};

/** Each place of the filter, and how far the pixel that it sees lies from the result's. */
function eachTap(of: Convolution, visit: (row: number, column: number, down: number, right: number) => void): void {
  const [above, left] = zerosOf(of);
  for (let row = 0; row < of.filter[0]!; row++)
    for (let column = 0; column < of.filter[1]!; column++) visit(row, column, row - above, column - left);
}

const inside = (row: number, column: number, [, height, width]: readonly number[]): boolean =>
  row >= 0 && row < height! && column >= 0 && column < width!;

/** Zeros above and to the left of the input. */
const zerosOf = ({ window, input }: Convolution): readonly [number, number] => {
  const [rows, columns] = marginsOf(window, [input[1]!, input[2]!]);
  return [rows[0], columns[0]];
};
