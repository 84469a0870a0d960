// What the Inception blocks are made of: units and pools with the switches of activation and pooling applied.
import { averagePool, chain, maxPool } from "./build.ts";
import type { Layer, Size } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";
import { type Switches, switchesOf } from "./switches.ts";
import type { Unit, Units } from "./unit.ts";

type Half = readonly [filters: number, kernel: number | Size];

export type Parts = {
  readonly conv: Unit;
  /** The 1x1 convolution that makes maps fewer before a larger convolution. */
  readonly reduce: (filters: number) => Layer;
  /** Two convolutions that stand for one larger. */
  readonly pair: (first: Half, second: Half) => readonly [Layer, Layer];
  /** A pool that keeps the grid, and a 1x1 convolution. */
  readonly pool: (projection: number) => Layer;
  /** A pool that halves the grid. */
  readonly halve: Layer;
};

export const halving = { stride: 2, padding: "valid" } as const;

/** A row of n cells, and a column. */
export const across = (n: number): Size => [1, n];
export const down = (n: number): Size => [n, 1];

export function parts(units: Units, options: InceptionV3Options): Parts {
  const { factorActivation, reduceActivation, reductionPool } = switchesOf(options);
  const [factor, reduce] = [unitOf[factorActivation](units), unitOf[reduceActivation](units)];
  return {
    conv: units.conv,
    reduce: (filters) => reduce(filters, 1),
    pair: (first, second) => [factor(...first), units.conv(...second)],
    pool: (projection) => chain([averagePool(3, { divisor: options.poolDivisor }), units.conv(projection, 1)]),
    halve: halvingPools[reductionPool],
  };
}

const unitOf: Record<Switches["factorActivation"], (units: Units) => Unit> = {
  relu: ({ conv }) => conv,
  linear: ({ linear }) => linear,
};

const halvingPools: Record<Switches["reductionPool"], Layer> = {
  max: maxPool(3, halving),
  avg: averagePool(3, halving),
};
