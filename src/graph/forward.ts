// A network's forward pass: one table of operations over the fold.
import { type Sibling, siblingsOf } from "../interpret/siblings.ts";
import { fold } from "../network/fold.ts";
import { slideOver } from "../network/grid.ts";
import type { Layer, Window } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { adaptivePool } from "./adaptive-pool.ts";
import { averagePool } from "./average-pool.ts";
import { biasRelu } from "./bias-relu.ts";
import { filterOf, type Kernels, type Pass } from "./kernels.ts";
import { type DType, elements, type Graph, type Node, type Value } from "./node.ts";
import * as op from "./operations.ts";
import { hasOwnBatchNorm, ownBatchNorm, rectified } from "./own-batch-norm.ts";
import {
  convolutionSide,
  fastConv2dTransformed,
  ownConv2d,
  transformFilter,
  withBias,
  withRelu,
} from "./own-convolution.ts";
import type { Dims } from "./shape.ts";
import { ownConvolutions } from "./side-by-side.ts";

export interface Forward {
  readonly graph: Graph;
  readonly precision: "float32" | "bfloat16";
  readonly kernels: Kernels;
  /** The variable `<path of the layer>/<kind>`, with its full name. */
  weight(name: string): Value;
  /** Where weights stay for many passes: what `from` makes of one, made once for each time that it is assigned. */
  kept?(name: string, from: (weight: Value) => Value): Value;
  /** A GPU computes it. */
  readonly onGpu?: boolean | undefined;
  /** Only of operations that other programs have as well. */
  readonly plain?: boolean;
  /** Hears what each layer gives, in the network's order. */
  gave?(path: string, output: Value): void;
  /** Training: batch statistics and dropout; the seed (int32, [2]) draws the dropout masks. Frozen layers normalize by stored statistics. */
  readonly training?: { readonly seed: Value; readonly isFrozen?: (path: string) => boolean };
}

export interface Outputs {
  /** [batch, classes], float32. */
  readonly logits: Value;
  /** The same of each auxiliary head. */
  readonly auxiliary: readonly Value[];
  /** Batch norm's mean and variance over the batch, by variable name. */
  readonly statistics: ReadonlyMap<string, Value>;
}

/** Builds the pass from images as the network sees them, [batch, height, width, 3] float32, to the logits. */
export function forward(network: Layer, images: Value, pass: Forward): Outputs {
  const siblings = new Map(siblingsOf(network).flatMap((group) => group.map(({ path }) => [path, group])));
  const context: Context = { ...pass, statistics: new Map(), dropouts: 0, siblings, ahead: new Map() };
  const auxiliary: Value[] = [];
  const logits = fold<Value>(network, images, {
    primitive(layer, input, path) {
      const output = context.ahead.get(path) ?? pick(operationOf, layer, input, path, context);
      pass.gave?.(path, output);
      return output;
    },
    concat: (branches) =>
      op.concat(
        pass.graph,
        branches.map((map) => op.cast(pass.graph, map, pass.precision)),
        3,
      ),
    tap: (output) => void auxiliary.push(flat(pass.graph, output)),
  });
  return { logits: flat(pass.graph, logits), auxiliary, statistics: context.statistics };
}

type Context = Forward & {
  statistics: Statistics;
  dropouts: number;
  readonly siblings: ReadonlyMap<string, readonly Sibling[]>;
  /** What layers that come later in the network give, computed with one before them. */
  readonly ahead: Map<string, Value>;
};

const operationOf: Table<[input: Value, path: string, context: Context], Value> = {
  conv(layer, input, path, context) {
    const { graph, precision, kernels, weight, kept } = context;
    const dtype = convolutionType(precision, input.shape, layer);
    const map = op.cast(graph, input, dtype);
    const siblings = context.siblings.get(path);
    if (siblings && areTogether(map, siblings, context)) return together(map, path, siblings, context);
    const shape = [...layer.kernel, input.shape[3]!, layer.filters];
    const side = convolutionSide(kernels, map, shape, layer, passOf(context));
    const read = (from: (kernel: Value) => Value): Value =>
      kept ? kept(`${path}/kernel`, from) : from(weight(`${path}/kernel`));
    const convolve = (): Value => {
      if (side === "tensorflow")
        return op.conv2d(
          graph,
          map,
          read((kernel) => op.cast(graph, kernel, dtype)),
          layer,
          path,
        );
      if (!kept || side === "plain") return ownConv2d(graph, map, weight(`${path}/kernel`), layer, side, path);
      const transformed = read((kernel) => transformFilter(graph, kernel, map.shape, layer));
      return fastConv2dTransformed(graph, map, [transformed, shape], layer, path);
    };
    return op.cast(graph, convolve(), precision);
  },
  depthwise(layer, input, path, { graph, precision, weight }) {
    const kernel = weight(`${path}/kernel`);
    return op.cast(graph, op.depthwiseConv2d(graph, op.cast(graph, input, "float32"), kernel, layer, path), precision);
  },
  bias(_layer, input, path, { graph, weight, training }) {
    const bias = weight(`${path}/bias`);
    return (!training && withBias(graph, input, bias)) || op.biasAdd(graph, input, op.cast(graph, bias, input.dtype));
  },
  batchNorm(layer, input, path, context) {
    const { graph, kernels, weight, training, statistics } = context;
    const offset = weight(`${path}/beta`);
    const scale = layer.scale ? weight(`${path}/gamma`) : op.filled(graph, offset.shape, 1);
    const overBatch = training !== undefined && !training.isFrozen?.(path);
    if (overBatch && hasOwnBatchNorm(kernels, input))
      return kept(statistics, path, ownBatchNorm(graph, [input, scale, offset], layer.epsilon));
    const none = op.filled(graph, [0], 0);
    const moving: [Value, Value] = overBatch
      ? [none, none]
      : [weight(`${path}/movingMean`), weight(`${path}/movingVariance`)];
    const outputs = op.fusedBatchNorm(graph, [input, scale, offset, ...moving], {
      epsilon: layer.epsilon,
      training: overBatch,
    });
    return overBatch ? kept(statistics, path, outputs) : outputs[0]!;
  },
  responseNorm({ size, alpha, beta }, input, _path, { graph, precision }) {
    const options = { radius: (size - 1) / 2, alpha: alpha / size, beta };
    return op.cast(graph, op.responseNorm(graph, op.cast(graph, input, "float32"), options), precision);
  },
  relu(_layer, input, _path, { graph, onGpu, training, statistics }) {
    const outputs = rectified(graph, input);
    if (outputs) return moved(statistics, input.node, outputs);
    const joined = training ? undefined : (withRelu(graph, input) ?? (onGpu && biasRelu(graph, input)));
    return joined || op.relu(graph, input);
  },
  maxPool: (layer, input, _path, { graph, plain }) => (plain ? op.plainMaxPool : op.maxPool)(graph, input, layer),
  averagePool: (layer, input, _path, { graph }) => averagePool(graph, input, layer),
  globalPool: (_layer, input, _path, { graph }) =>
    onePlace(graph, op.mean(graph, op.cast(graph, input, "float32"), [1, 2])),
  adaptivePool: ({ grid }, input, _path, { graph }) => adaptivePool(graph, op.cast(graph, input, "float32"), grid),
  dropout(layer, input, _path, context) {
    const { graph, training } = context;
    if (!training || layer.rate === 0) return input;
    const seed = op.add(graph, training.seed, op.integers(graph, [0, context.dropouts++]));
    const kept = op.greaterEqual(graph, op.statelessUniform(graph, input.shape, seed), op.scalar(graph, layer.rate));
    const factor = op.scalar(graph, 1 / (1 - layer.rate));
    return op.multiply(
      graph,
      input,
      op.cast(graph, op.multiply(graph, op.cast(graph, kept, "float32"), factor), input.dtype),
    );
  },
  dense(_layer, input, path, { graph, weight }) {
    const product = op.matMul(graph, flat(graph, input), weight(`${path}/kernel`));
    return onePlace(graph, op.biasAdd(graph, product, weight(`${path}/bias`)));
  },
};

const passOf = ({ kept }: Context): Pass => (kept ? "inference" : "forward");

function areTogether(map: Value, siblings: readonly Sibling[], context: Context): boolean {
  const filter = filterOf(siblings, map.shape[3]!);
  return convolutionSide(context.kernels, map, filter, siblings[0]!.layer, passOf(context)) === "plain";
}

/** Convolves with the filters of all siblings; where they are finished alike and nobody hears of it, up to their ReLUs. */
function together(map: Value, path: string, siblings: readonly Sibling[], context: Context): Value {
  const { graph, weight, training, precision, ahead } = context;
  const finishes = training || context.gave ? [] : siblings.flatMap(({ finish }) => (finish ? [finish] : []));
  const outputs = ownConvolutions(
    graph,
    map,
    siblings.map((sibling) => weight(`${sibling.path}/kernel`)),
    { window: siblings[0]!.layer, biases: finishes.map(([bias]) => weight(`${bias}/bias`)), name: path },
  );
  for (const [i, sibling] of siblings.entries()) {
    const output = op.cast(graph, outputs[i]!, precision);
    for (const at of [sibling.path, ...(finishes[i] ?? [])]) ahead.set(at, output);
  }
  return ahead.get(path)!;
}

type Statistics = Map<string, Value>;

/** Keeps the mean and the variance of a batch norm, the second and third of its outputs; gives the first. */
function kept(statistics: Statistics, path: string, [normalized, mean, variance]: readonly Value[]): Value {
  statistics.set(`${path}/movingMean`, mean!).set(`${path}/movingVariance`, variance!);
  return normalized!;
}

/** The statistics of one node come from another's outputs now; gives the first of these. */
function moved(statistics: Statistics, from: Node, outputs: readonly Value[]): Value {
  for (const [name, { node, output }] of statistics) if (node === from) statistics.set(name, outputs[output]!);
  return outputs[0]!;
}

/**
 * What TensorFlow 2.21 gets wrong in bfloat16 is done in float32. With an odd number of input channels its kernel reads past the filter where it
 * is padded to channel pairs, and now and then gives NaN. On processors with AMX a strided convolution whose output is one pixel wide and taller
 * gives other numbers than these.
 */
export function convolutionType(precision: Forward["precision"], input: Dims, window: Window): DType {
  const [height, width] = slideOver(window, [input[1]!, input[2]!]);
  const isOdd = input[3]! % 2 === 1;
  const isColumn = window.stride > 1 && width === 1 && height > 1;
  return isOdd || isColumn ? "float32" : precision;
}

/** [batch, features] in float32, a map's in the order [height, width, channels]. */
function flat(graph: Graph, map: Value): Value {
  const [batch, ...sides] = map.shape as [number, ...number[]];
  return op.reshape(graph, op.cast(graph, map, "float32"), [batch, elements(sides)]);
}

/** [batch, features] as maps of 1x1. */
const onePlace = (graph: Graph, features: Value): Value =>
  op.reshape(graph, features, [features.shape[0]!, 1, 1, features.shape[1]!]);
