// Reads a network as what it costs: parameters and multiply-adds, by primitive, by layer or by stage.
import type { Layer, PrimitiveType } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { groupBy } from "./group.ts";
import { sizeOf, variablesOf } from "./parameters.ts";
import { stageOf } from "./record.ts";
import { type Shape, type TracedLayer, trace, valuesIn } from "./shapes.ts";

export type Cost = {
  /** Values that training changes, as torchvision counts them: batch norm's moving averages are not among them. */
  readonly parameters: number;
  /** Multiply-adds of convolutions and dense layers for one image; bias, norms and pools count nothing. */
  readonly multiplyAdds: number;
};

export type LayerCost = Cost & {
  readonly path: string;
  readonly types: readonly PrimitiveType[];
  readonly output: Shape;
  readonly auxiliary: boolean;
};

export type NetworkCost = Cost & {
  /** With the auxiliary head, which only training uses. */
  readonly training: Cost;
  /** One for each primitive, in order. */
  readonly layers: readonly LayerCost[];
};

/** The network's cost for one image of this shape; the totals leave the auxiliary head to `training`. */
export function cost(network: Layer, input: Shape): NetworkCost {
  const layers = trace(network, input).map(costOfStep);
  return { ...sum(layers.filter(({ auxiliary }) => !auxiliary)), training: sum(layers), layers };
}

/** The costs of all layers that `key` gives the same name, in the order of their first. */
export function groupCosts(layers: readonly LayerCost[], key: (layer: LayerCost) => string): LayerCost[] {
  return [...groupBy(layers, key)].map(([path, members]) => ({
    ...members.at(-1)!,
    ...sum(members),
    path,
    types: members.flatMap(({ types }) => types),
  }));
}

/** One row for each first-level layer: `Mixed_5b`. */
export const byStage = ({ path }: { readonly path: string }): string => stageOf(path);

/** One row for a convolution with its bias, batch norm and ReLU: `Mixed_5b/b5x5/1`. */
export const byLayer = ({ path, types }: Pick<LayerCost, "path" | "types">): string => unitOf(path, types[0]!);

/** The unit a primitive belongs to: a convolution and what follows it in the same chain, or the primitive itself. */
export const unitOf = (path: string, type: PrimitiveType): string =>
  inUnit[type] && path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : path;

const inUnit: Readonly<Record<PrimitiveType, boolean>> = {
  conv: true,
  depthwise: true,
  bias: true,
  batchNorm: true,
  relu: true,
  responseNorm: false,
  maxPool: false,
  averagePool: false,
  globalPool: false,
  adaptivePool: false,
  dropout: false,
  dense: false,
};

const costOfStep = ({ path, layer, input, output, auxiliary }: TracedLayer): LayerCost => ({
  path,
  types: [layer.type],
  output,
  auxiliary,
  parameters: pick(variablesOf, layer, input)
    .filter(({ trainable }) => trainable)
    .reduce((total, variable) => total + sizeOf(variable), 0),
  multiplyAdds: pick(multiplyAdds, layer, input, output),
});

const sum = (costs: readonly Cost[]): Cost => ({
  parameters: costs.reduce((total, { parameters }) => total + parameters, 0),
  multiplyAdds: costs.reduce((total, { multiplyAdds }) => total + multiplyAdds, 0),
});

const area = ([height, width]: readonly [number, number]): number => height * width;
const none = (): number => 0;

const multiplyAdds: Table<[input: Shape, output: Shape], number> = {
  conv: ({ kernel }, { channels }, output) => valuesIn(output) * area(kernel) * channels,
  depthwise: ({ kernel }, _input, output) => valuesIn(output) * area(kernel),
  dense: ({ units }, input) => valuesIn(input) * units,
  bias: none,
  batchNorm: none,
  responseNorm: none,
  relu: none,
  maxPool: none,
  averagePool: none,
  globalPool: none,
  adaptivePool: none,
  dropout: none,
};
