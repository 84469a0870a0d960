// Every differentiable operation twice: as nodes of a graph, and in tfjs, whose autograd on its own CPU kernels is the oracle.
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { averagePool as averagePoolOf } from "../../src/graph/average-pool.ts";
import type { Graph, Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import type { Padding, PoolWindow, Size, Window } from "../../src/network/layer.ts";
import type { Named } from "./run.ts";
import { averagePoolFull, averagePoolValid, convolve, normalize, maxPool as tfjsMaxPool } from "./tfjs-network.ts";

export interface OperationCase {
  readonly name: string;
  /** Shapes of the inputs that are differentiated. */
  readonly inputs: Named<readonly number[]>;
  ours(graph: Graph, values: Named<Value>): Value;
  theirs(tensors: Named<tf.Tensor>): tf.Tensor;
}

const maps = [2, 9, 8, 4] as const;

export const convolution = (shape: readonly number[], filters: number, window: Window): OperationCase => ({
  name: `conv ${describe(window)} on ${shape.join("x")} to ${filters}`,
  inputs: { x: shape, kernel: [...window.kernel, shape[3]!, filters] },
  ours: (graph, { x, kernel }) => op.conv2d(graph, x!, kernel!, window),
  theirs: ({ x, kernel }) => convolve(tf.conv2d, x!, kernel!, window),
});

export const depthwise = (shape: readonly number[], multiplier: number, window: Window): OperationCase => ({
  name: `depthwise ${describe(window)} on ${shape.join("x")} times ${multiplier}`,
  inputs: { x: shape, kernel: [...window.kernel, shape[3]!, multiplier] },
  ours: (graph, { x, kernel }) => op.depthwiseConv2d(graph, x!, kernel!, window),
  theirs: ({ x, kernel }) => convolve(tf.depthwiseConv2d, x!, kernel!, window),
});

const separable: OperationCase = {
  name: "depthwise, then pointwise (a separable convolution)",
  inputs: { x: [2, 11, 11, 3], kernel: [7, 7, 3, 8], point: [1, 1, 24, 6] },
  ours(graph, { x, kernel, point }) {
    const deep = op.depthwiseConv2d(graph, x!, kernel!, window([7, 7], 2, "valid"));
    return op.conv2d(graph, deep, point!, window([1, 1], 1, "same"));
  },
  theirs: ({ x, kernel, point }) =>
    tf.separableConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, point as tf.Tensor4D, 2, "valid"),
};

const batchNorm = (scaled: boolean): OperationCase => ({
  name: `batch norm, training, ${scaled ? "with" : "without"} scale`,
  inputs: scaled ? { x: [2, 5, 3, 4], offset: [4], scale: [4] } : { x: [2, 5, 3, 4], offset: [4] },
  ours(graph, { x, offset, scale }) {
    const none = op.filled(graph, [0], 0);
    const gamma = scale ?? op.filled(graph, [4], 1);
    return op.fusedBatchNorm(graph, [x!, gamma, offset!, none, none], { epsilon: 0.001, training: true })[0]!;
  },
  theirs: ({ x, offset, scale }) => normalize(x as tf.Tensor4D, 0.001, offset!, scale),
});

const relu: OperationCase = {
  name: "ReLU",
  inputs: { x: maps },
  ours: (graph, { x }) => op.relu(graph, x!),
  theirs: ({ x }) => tf.relu(x!),
};

const responseNorm = (shape: readonly number[], radius: number, alpha: number, beta: number): OperationCase => ({
  name: `response norm, radius ${radius}, alpha ${alpha}, beta ${beta}, on ${shape.join("x")}`,
  inputs: { x: shape },
  ours: (graph, { x }) => op.responseNorm(graph, x!, { radius, alpha, beta }),
  theirs: ({ x }) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1, alpha, beta),
});

const maxPool = (pool: PoolWindow): OperationCase => ({
  name: `max pool ${describe(pool)}`,
  inputs: { x: maps },
  ours: (graph, { x }) => op.maxPool(graph, x!, pool),
  theirs: ({ x }) => tfjsMaxPool(x as tf.Tensor4D, pool),
});

const averagePool = (pool: PoolWindow, divisor: "valid" | "full" = "valid"): OperationCase => ({
  name: `average pool ${describe(pool)}, ${divisor} divisor`,
  inputs: { x: maps },
  ours: (graph, { x }) => averagePoolOf(graph, x!, { type: "averagePool", divisor, ...pool }),
  theirs: ({ x }) => (divisor === "full" ? averagePoolFull : averagePoolValid)(x as tf.Tensor4D, pool),
});

const given: readonly (readonly [padding: Padding, stride: number])[] = [
  [{ rows: [1, 1], columns: [1, 1] }, 2],
  [{ rows: [0, 2], columns: [2, 1] }, 3],
  [{ rows: [2, 0], columns: [0, 0] }, 1],
];

const unevenPad: OperationCase = {
  name: "zeros, more after than before",
  inputs: { x: maps },
  ours: (graph, { x }) => op.pad(graph, x!, [0, 1], [2, 3]),
  theirs: ({ x }) =>
    tf.pad(x!, [
      [0, 0],
      [0, 1],
      [2, 3],
      [0, 0],
    ]),
};

const concat: OperationCase = {
  name: "concat of three branches on one input",
  inputs: { x: maps, kernel: [1, 3, 4, 6] },
  ours(graph, { x, kernel }) {
    const branch = op.conv2d(graph, x!, kernel!, window([1, 3], 1, "same"));
    return op.concat(graph, [x!, branch, op.relu(graph, x!)], 3);
  },
  theirs: ({ x, kernel }) =>
    tf.concat([x!, tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same"), tf.relu(x!)], 3),
};

const dense: OperationCase = {
  name: "dense with bias, after a reshape",
  inputs: { x: [3, 1, 1, 6], kernel: [6, 5], bias: [5] },
  ours: (graph, { x, kernel, bias }) =>
    op.biasAdd(graph, op.matMul(graph, op.reshape(graph, x!, [3, 6]), kernel!), bias!),
  theirs: ({ x, kernel, bias }) => tf.add(tf.matMul(tf.reshape(x!, [3, 6]), kernel as tf.Tensor2D), bias!),
};

const bias: OperationCase = {
  name: "bias on maps",
  inputs: { x: maps, bias: [4] },
  ours: (graph, { x, bias }) => op.biasAdd(graph, x!, bias!),
  theirs: ({ x, bias }) => tf.add(x!, bias!),
};

const globalPool: OperationCase = {
  name: "global average pool",
  inputs: { x: maps },
  ours: (graph, { x }) => op.mean(graph, x!, [1, 2]),
  theirs: ({ x }) => tf.mean(x!, [1, 2]),
};

const product: OperationCase = {
  name: "product with itself and with a scalar, sums",
  inputs: { x: maps, factor: [] },
  ours: (graph, { x, factor }) =>
    op.add(graph, op.multiply(graph, x!, x!), op.multiply(graph, op.multiply(graph, x!, factor!), factor!)),
  theirs: ({ x, factor }) => tf.add(tf.mul(x!, x!), tf.mul(tf.mul(x!, factor!), factor!)),
};

export const operationCases: readonly OperationCase[] = [
  ...([1, 2] as const).flatMap((stride) =>
    (["same", "valid"] as const).flatMap((padding) => [
      ...(
        [
          [1, 1],
          [3, 3],
          [5, 5],
          [1, 7],
          [7, 1],
          [2, 4],
        ] satisfies Size[]
      ).map((kernel) => convolution(maps, 6, window(kernel, stride, padding))),
      depthwise([2, 9, 8, 3], 2, window([3, 3], stride, padding)),
      maxPool(window([3, 3], stride, padding)),
      averagePool(window([3, 3], stride, padding)),
    ]),
  ),
  convolution([1, 7, 5, 3], 5, window([3, 3], 2, "same")),
  depthwise([2, 9, 8, 3], 8, window([7, 7], 2, "valid")),
  averagePool(window([5, 5], 3, "valid")),
  separable,
  batchNorm(true),
  batchNorm(false),
  responseNorm([2, 5, 3, 7], 2, 0.5, 0.75),
  responseNorm([1, 3, 5, 3], 2, 1.5, 0.75),
  responseNorm([3, 1, 1, 9], 1, 1, 0.5),
  responseNorm([1, 7, 7, 64], 2, 2e-5, 0.75),
  relu,
  ...given.flatMap(([padding, stride]) => [
    convolution(maps, 6, window([3, 3], stride, padding)),
    convolution(maps, 6, window([1, 4], stride, padding)),
    depthwise(maps, 2, window([3, 3], stride, padding)),
    ...[false, true].flatMap((ceil) => {
      const pool: PoolWindow = { ...window([3, 3], stride, padding), ceil };
      return [maxPool(pool), averagePool(pool), averagePool(pool, "full")];
    }),
  ]),
  ...(["same", "valid"] as const).flatMap((padding) => {
    const pool: PoolWindow = { ...window([3, 2], 2, padding), ceil: true };
    return [maxPool(pool), averagePool(pool), averagePool(pool, "full")];
  }),
  averagePool(window([3, 3], 1, "same"), "full"),
  unevenPad,
  concat,
  dense,
  bias,
  globalPool,
  product,
];

export function window(kernel: Size, stride: number, padding: Padding): Window {
  return { kernel, stride, padding };
}

function describe({ kernel, stride, padding, ceil }: PoolWindow): string {
  const around = typeof padding === "string" ? padding : `${padding.rows.join("+")} by ${padding.columns.join("+")}`;
  return `${kernel.join("x")}/${stride} ${around}${ceil ? ", ceil" : ""}`;
}
