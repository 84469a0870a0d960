// Reads a network as the part of the image that one cell of each map sees.
import type { Layer, Primitive, Window } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { record } from "./record.ts";

export type ReceptiveField = {
  /** Pixels of the image that one cell depends on, padding included. */
  readonly height: number;
  readonly width: number;
  /** Pixels between two neighbouring cells. */
  readonly stride: number;
};

/** One pixel sees itself. */
const pixel: ReceptiveField = { height: 1, width: 1, stride: 1 };

/** The receptive field after every primitive and concat, by path; a concat sees what its widest branch sees. */
export const receptiveFields = (network: Layer): Map<string, ReceptiveField> =>
  record(network, pixel, {
    primitive: (layer, from) => pick(grow, layer, from),
    concat: (branches) => ({
      height: Math.max(...branches.map(({ height }) => height)),
      width: Math.max(...branches.map(({ width }) => width)),
      stride: branches[0]!.stride,
    }),
  });

const windowed = ({ kernel, stride }: Window, field: ReceptiveField): ReceptiveField => ({
  height: field.height + (kernel[0] - 1) * field.stride,
  width: field.width + (kernel[1] - 1) * field.stride,
  stride: field.stride * stride,
});
const unchanged = (_layer: Primitive, field: ReceptiveField): ReceptiveField => field;

const grow: Table<[ReceptiveField], ReceptiveField> = {
  conv: windowed,
  depthwise: windowed,
  maxPool: windowed,
  averagePool: windowed,
  // They average cells, how many depends on the image's size: the field reported is one cell's.
  globalPool: unchanged,
  adaptivePool: unchanged,
  dense: unchanged,
  bias: unchanged,
  batchNorm: unchanged,
  // Its neighbours are channels.
  responseNorm: unchanged,
  relu: unchanged,
  dropout: unchanged,
};
