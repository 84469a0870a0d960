// Reads a network as the list of its layers with the shape of every feature map.
import { fold } from "../network/fold.ts";
import { slideOver } from "../network/grid.ts";
import type { Layer, PoolWindow, Primitive } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { atStages, record } from "./record.ts";

/** One feature map: height x width x channels. */
export type Shape = { readonly height: number; readonly width: number; readonly channels: number };
export const valuesIn = ({ height, width, channels }: Shape): number => height * width * channels;

export type TracedLayer = {
  readonly path: string;
  readonly layer: Primitive;
  readonly input: Shape;
  readonly output: Shape;
  /** Whether the layer belongs to an auxiliary head, which only training uses. */
  readonly auxiliary: boolean;
};

function windowed(window: PoolWindow, input: Shape, channels: number): Shape {
  const [height, width] = slideOver(window, [input.height, input.width]);
  return { height, width, channels };
}

const unchanged = (_layer: Primitive, input: Shape): Shape => input;

export const shapeOf: Table<[input: Shape], Shape> = {
  conv: (layer, input) => windowed(layer, input, layer.filters),
  depthwise: (layer, input) => windowed(layer, input, input.channels * layer.multiplier),
  maxPool: (layer, input) => windowed(layer, input, input.channels),
  averagePool: (layer, input) => windowed(layer, input, input.channels),
  globalPool: (_layer, input) => ({ height: 1, width: 1, channels: input.channels }),
  adaptivePool: ({ grid }, input) => ({ height: grid, width: grid, channels: input.channels }),
  dense: (layer) => ({ height: 1, width: 1, channels: layer.units }),
  bias: unchanged,
  batchNorm: unchanged,
  responseNorm: unchanged,
  relu: unchanged,
  dropout: unchanged,
};

/** Throws (our bug) where the branches' grids differ, unless one shows that the input is too small. */
export function joinChannels(branches: readonly Shape[], path: string): Shape {
  const sides = branches.map(({ height, width }) => `${height}x${width}`);
  if (new Set(sides).size > 1 && branches.every(({ height, width }) => height >= 1 && width >= 1))
    throw new Error(`${path || "the network"}: branches of ${sides.join(", ")}, expected one grid`);
  return { ...branches[0]!, channels: branches.reduce((sum, branch) => sum + branch.channels, 0) };
}

/** Every primitive in order, with its shapes. A map of height 0 or less means that the input is too small. */
export function trace(network: Layer, input: Shape): TracedLayer[] {
  const steps: TracedLayer[] = [];
  const taps: string[] = [];
  fold(network, input, {
    primitive(layer, from, path) {
      const output = pick(shapeOf, layer, from);
      steps.push({ path, layer, input: from, output, auxiliary: false });
      return output;
    },
    concat: joinChannels,
    tap: (_output, path) => void taps.push(path),
  });
  return steps.map((step) => ({ ...step, auxiliary: taps.some((tap) => step.path.startsWith(`${tap}/`)) }));
}

/** The map that comes out of each stage, in order; stages are the network's first-level layers. */
export const endpoints = (network: Layer, input: Shape): Map<string, Shape> =>
  atStages(record(network, input, { primitive: (layer, from) => pick(shapeOf, layer, from), concat: joinChannels }));

/** The map at the network's end. */
export const outputOf = (network: Layer, input: Shape): Shape =>
  fold<Shape>(network, input, {
    primitive: (layer, from) => pick(shapeOf, layer, from),
    concat: joinChannels,
    tap() {},
  });
