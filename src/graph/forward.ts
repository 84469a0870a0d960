// A network's forward pass: one table of operations over the fold.
import { fold } from "../network/fold.ts";
import { slide, zerosAround } from "../network/grid.ts";
import type { Layer } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { fastConv2d, isFast, withBias, withRelu } from "./fast-convolution.ts";
import type { Kernels } from "./kernels.ts";
import type { DType, Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import { hasOwnBatchNorm, ownBatchNorm, rectified } from "./own-batch-norm.ts";

export interface Forward {
  readonly graph: Graph;
  readonly precision: "float32" | "bfloat16";
  readonly kernels: Kernels;
  /** The variable `<path of the layer>/<kind>`, with its full name. */
  weight(name: string): Value;
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

/** Builds the pass from images in [-1, 1], [batch, height, width, 3] float32, to the logits. */
export function forward(network: Layer, images: Value, pass: Forward): Outputs {
  const context: Context = { ...pass, statistics: new Map(), dropouts: 0 };
  const auxiliary: Value[] = [];
  const logits = fold<Value>(network, images, {
    primitive: (layer, input, path) => pick(operationOf, layer, input, path, context),
    concat: (branches) => op.concat(pass.graph, branches, 3),
    tap: (output) => void auxiliary.push(flat(pass.graph, output)),
  });
  return { logits: flat(pass.graph, logits), auxiliary, statistics: context.statistics };
}

type Context = Forward & { statistics: Statistics; dropouts: number };

const operationOf: Table<[input: Value, path: string, context: Context], Value> = {
  conv(layer, input, path, { graph, precision, kernels, weight }) {
    const dtype = convolutionType(precision, input.shape[3]!);
    const kernel = op.cast(graph, weight(`${path}/kernel`), dtype);
    const map = op.cast(graph, input, dtype);
    const convolution = isFast(kernels, map, kernel.shape, layer) ? fastConv2d : op.conv2d;
    const output = convolution(graph, map, kernel, layer, path);
    return op.cast(graph, output, precision);
  },
  depthwise(layer, input, path, { graph, precision, weight }) {
    const kernel = weight(`${path}/kernel`);
    return op.cast(graph, op.depthwiseConv2d(graph, op.cast(graph, input, "float32"), kernel, layer, path), precision);
  },
  bias(_layer, input, path, { graph, weight, training }) {
    const bias = op.cast(graph, weight(`${path}/bias`), input.dtype);
    return (!training && withBias(graph, input, bias)) || op.biasAdd(graph, input, bias);
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
  relu(_layer, input, _path, { graph, training, statistics }) {
    const outputs = rectified(graph, input);
    if (outputs) return moved(statistics, input.node, outputs);
    return (!training && withRelu(graph, input)) || op.relu(graph, input);
  },
  maxPool: (layer, input, _path, { graph }) => op.maxPool(graph, input, layer),
  averagePool(layer, input, _path, { graph }) {
    if (layer.divisor === "valid" || layer.padding === "valid") return op.averagePool(graph, input, layer);
    const [rows, columns] = layer.kernel.map((kernel, axis) => {
      const length = input.shape[axis + 1]!;
      return zerosAround(length, slide(length, kernel, layer), kernel, layer.stride);
    });
    return op.averagePool(graph, op.pad(graph, input, rows!, columns!), { ...layer, padding: "valid" });
  },
  globalPool: (_layer, input, _path, { graph }) => op.mean(graph, op.cast(graph, input, "float32"), [1, 2]),
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
    return op.biasAdd(graph, product, weight(`${path}/bias`));
  },
};

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
 * bfloat16 needs an even number of input channels: with an odd one, TensorFlow 2.21's kernel reads past the filter
 * where it is padded to channel pairs, and now and then gives NaN.
 */
export const convolutionType = (precision: Forward["precision"], inputChannels: number): DType =>
  inputChannels % 2 === 0 ? precision : "float32";

/** [batch, features] in float32, from that or from maps of 1x1. */
const flat = (graph: Graph, value: Value): Value => {
  const wide = op.cast(graph, value, "float32");
  return value.shape.length === 2 ? wide : op.reshape(graph, wide, [value.shape[0]!, value.shape[3]!]);
};
