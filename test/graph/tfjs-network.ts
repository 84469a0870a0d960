// A second, independent interpreter of the layer tree: tfjs tensors on tfjs's own CPU kernels. The oracle of the gradients.
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { fold } from "../../src/network/fold.ts";
import type { Layer, Margin, PoolWindow, Primitive, Window } from "../../src/network/layer.ts";
import { pick, type Table } from "../../src/network/table.ts";

// Nothing about how slow this is.
tf.env().set("IS_TEST", true);

type Weights = ReadonlyMap<string, tf.Tensor>;
export type TfjsOutputs = { readonly logits: tf.Tensor2D; readonly auxiliary: readonly tf.Tensor2D[] };

/** A layer done in another way; undefined for those that are not. */
export type Instead = (layer: Primitive, input: tf.Tensor) => tf.Tensor | undefined;

/**
 * Images in [-1, 1]. Batch norm by the batch's statistics, as in training, or by the stored ones and without dropout;
 * training with dropout is refused.
 */
export function tfjsNetwork(
  network: Layer,
  images: tf.Tensor4D,
  weights: Weights,
  { instead = () => undefined, statistics = "batch" }: { instead?: Instead; statistics?: "batch" | "stored" } = {},
): TfjsOutputs {
  const auxiliary: tf.Tensor2D[] = [];
  const table = statistics === "batch" ? operationOf : storedOperationOf;
  const logits = fold<tf.Tensor>(network, images, {
    primitive: (layer, input, path) =>
      instead(layer, input) ?? pick(table, layer, input, (kind) => weights.get(`${path}/${kind}`)!),
    concat: (branches) => tf.concat([...branches], 3),
    tap: (output) => void auxiliary.push(flat(output)),
  });
  return { logits: flat(logits), auxiliary };
}

const flat = (map: tf.Tensor): tf.Tensor2D => tf.reshape(map, [map.shape[0]!, -1]);

/** Mean cross-entropy of the pictures whose label is not -1, main + auxiliaryWeight * auxiliary. */
export function tfjsLoss(
  { logits, auxiliary }: TfjsOutputs,
  labels: readonly number[],
  { labelSmoothing, auxiliaryWeight }: { labelSmoothing: number; auxiliaryWeight: number },
): tf.Scalar {
  const classes = logits.shape[1];
  const present = labels.map((label) => (label < 0 ? 0 : 1));
  const share = present.map((one) => one / Math.max(1, present.filter(Boolean).length));
  const targets = tf.tensor2d(
    labels.map((label) =>
      Array.from({ length: classes }, (_, k) => (k === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes),
    ),
  );
  const meanLoss = (head: tf.Tensor2D) =>
    tf.neg(tf.sum(tf.mul(tf.sum(tf.mul(tf.logSoftmax(head), targets), 1), tf.tensor1d(share))));
  return auxiliary.reduce(
    (sum, head) => tf.add(sum, tf.mul(meanLoss(head), auxiliaryWeight)),
    meanLoss(logits),
  ) as tf.Scalar;
}

const operationOf: Table<[input: tf.Tensor, weight: (kind: string) => tf.Tensor], tf.Tensor> = {
  conv: (layer, input, weight) => convolve(tf.conv2d, input, weight("kernel"), layer),
  depthwise: (layer, input, weight) => convolve(tf.depthwiseConv2d, input, weight("kernel"), layer),
  bias: (_layer, input, weight) => tf.add(input, weight("bias")),
  batchNorm: (layer, input, weight) =>
    normalize(input as tf.Tensor4D, layer.epsilon, weight("beta"), layer.scale ? weight("gamma") : undefined),
  responseNorm: ({ size, alpha, beta }, input) =>
    tf.localResponseNormalization(input as tf.Tensor4D, (size - 1) / 2, 1, alpha / size, beta),
  relu: (_layer, input) => tf.relu(input),
  maxPool: (layer, input) => maxPool(input as tf.Tensor4D, layer),
  averagePool: (layer, input) =>
    (layer.divisor === "full" ? averagePoolFull : averagePoolValid)(input as tf.Tensor4D, layer),
  globalPool: (_layer, input) => tf.mean(input, [1, 2], true),
  adaptivePool: ({ grid }, input) => adaptivePool(input as tf.Tensor4D, grid),
  dropout: (layer, input) => {
    if (layer.rate > 0) throw new Error("the oracle has no dropout");
    return input;
  },
  dense: ({ units }, input, weight) =>
    tf.reshape(tf.add(tf.matMul(flat(input), weight("kernel") as tf.Tensor2D), weight("bias")), [-1, 1, 1, units]),
};

const storedOperationOf: typeof operationOf = {
  ...operationOf,
  batchNorm({ epsilon, scale }, input, weight) {
    const deviation = tf.sqrt(tf.add(weight("movingVariance"), epsilon));
    const normalized = tf.div(tf.sub(input, weight("movingMean")), deviation);
    return tf.add(scale ? tf.mul(normalized, weight("gamma")) : normalized, weight("beta"));
  },
  dropout: (_layer, input) => input,
};

/** Batch norm over the batch, from its definition. */
export function normalize(x: tf.Tensor4D, epsilon: number, offset: tf.Tensor, scale?: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, [0, 1, 2]));
  const normalized = tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), [0, 1, 2]), epsilon)));
  return tf.add(scale ? tf.mul(normalized, scale) : normalized, offset);
}

type Convolve = typeof tf.conv2d | typeof tf.depthwiseConv2d;

/** Made of valid windows, as are the pools: tfjs's gradient of a pool with SAME padding is wrong at the edges. */
export const convolve = (operation: Convolve, x: tf.Tensor, kernel: tf.Tensor, window: Window): tf.Tensor4D =>
  operation(padded(x as tf.Tensor4D, window, 0), kernel as tf.Tensor4D, window.stride, "valid");

/** What is padded is less than any value. */
export const maxPool = (x: tf.Tensor4D, window: PoolWindow): tf.Tensor4D =>
  tf.maxPool(padded(x, window, -1e30), [...window.kernel], window.stride, "valid");

/** Divides by the number of real pixels in each window. */
export const averagePoolValid = (x: tf.Tensor4D, window: PoolWindow): tf.Tensor4D =>
  tf.div(mean(x, window), mean(tf.onesLike(x), window));

/** Zeros count as pixels, but not what a window with `ceil` reaches beyond them. */
export function averagePoolFull(x: tf.Tensor4D, window: PoolWindow): tf.Tensor4D {
  if (window.padding === "same") return mean(x, window);
  const reaches = marginsReached(x, window);
  const counted = marginsGiven(window).map(([before, after], i) => [before, Math.min(after, reaches[i]![1])] as const);
  const ones = pad(tf.onesLike(x), counted, 1);
  const beyond = counted.map(([, after], i) => [0, reaches[i]![1] - after] as const);
  return tf.div(mean(x, window), tf.avgPool(pad(ones, beyond, 0), [...window.kernel], window.stride, "valid"));
}

const mean = (x: tf.Tensor4D, window: PoolWindow): tf.Tensor4D =>
  tf.avgPool(padded(x, window, 0), [...window.kernel], window.stride, "valid");

/** Each cell the mean of its own window. */
function adaptivePool(x: tf.Tensor4D, grid: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const rows = Array.from({ length: grid }, (_, row) => {
    const cells = Array.from({ length: grid }, (_, column) => {
      const [top, left] = [Math.floor((row * height) / grid), Math.floor((column * width) / grid)];
      const [bottom, right] = [Math.ceil(((row + 1) * height) / grid), Math.ceil(((column + 1) * width) / grid)];
      return tf.mean(tf.slice(x, [0, top, left, 0], [batch, bottom - top, right - left, channels]), [1, 2], true);
    });
    return tf.concat(cells, 2);
  });
  return tf.concat(rows, 1) as tf.Tensor4D;
}

/** With as much around it as its windows reach. */
const padded = (x: tf.Tensor4D, window: PoolWindow, value: number): tf.Tensor4D =>
  pad(x, marginsReached(x, window), value);

const pad = (x: tf.Tensor4D, [rows, columns]: readonly Margin[], value: number): tf.Tensor4D =>
  tf.pad(x, [[0, 0], [...rows!], [...columns!], [0, 0]], value);

function marginsReached(x: tf.Tensor4D, window: PoolWindow): Margin[] {
  const { kernel, stride, padding, ceil = false } = window;
  const given = marginsGiven(window);
  return kernel.map((side, i) =>
    padding === "same" ? zeros(x.shape[i + 1]!, side, stride) : reached(x.shape[i + 1]!, side, stride, given[i]!, ceil),
  );
}

const marginsGiven = ({ padding }: Window): readonly [Margin, Margin] =>
  typeof padding === "string"
    ? [
        [0, 0],
        [0, 0],
      ]
    : [padding.rows, padding.columns];

/** One window after the other, as long as it fits; with `ceil` one more, if there is something left and it starts no later. */
function reached(
  length: number,
  kernel: number,
  stride: number,
  [before, after]: Margin,
  ceil: boolean,
): [number, number] {
  let end = kernel - before;
  for (let start = stride - before; ; start += stride) {
    const fits = start + kernel <= length + after;
    if (!fits && !(ceil && start < length && end < length + after)) break;
    end = start + kernel;
  }
  return [before, Math.max(0, end - length)];
}

function zeros(length: number, kernel: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + kernel - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
