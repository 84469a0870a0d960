// Operations over all that they can be told: broadcast shapes, axes, transposes, strides, paddings. Each again in tfjs.
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import type { Graph, OperationName, Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { ownBatchNorm, rectified } from "../../src/graph/own-batch-norm.ts";
import { ownConv2d, withBias, withRelu } from "../../src/graph/own-convolution.ts";
import { ownConvolutions } from "../../src/graph/side-by-side.ts";
import { convolution, depthwise, type OperationCase, window } from "./operation-cases.ts";
import type { Named } from "./run.ts";
import { normalize } from "./tfjs-network.ts";

type Shape = readonly number[];
type Ours = OperationCase["ours"];
type Theirs = OperationCase["theirs"];

const side = fc.integer({ min: 1, max: 5 });
const shape = (least: number, most: number) =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: least, maxLength: most });
/** A shape with some of its axes. */
const shapeWithAxes = shape(1, 4).chain((of) =>
  fc.record({ of: fc.constant(of), axes: fc.subarray([...of.keys()], { minLength: 1 }) }),
);
/** Zeros before and after each axis. */
const zerosOf = (of: Shape) => fc.tuple(...of.map(() => fc.tuple(fc.nat(2), fc.nat(2))));

/** Two shapes that fit each other: of a common one, each keeps its last axes, some of them with a length of 1. */
const fitting = shape(0, 4).chain((common) => {
  const part = fc
    .tuple(fc.nat(common.length), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([from, single]) => common.slice(from).map((length, axis) => (single[axis] ? 1 : length)));
  return fc.tuple(part, part);
});

const binary = (
  name: string,
  ours: (graph: Graph, a: Value, b: Value) => Value,
  theirs: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
) =>
  fitting.map(
    ([a, b]): OperationCase => ({
      name: `${name} [${a}] [${b}]`,
      inputs: { a, b },
      ours: (graph, { a, b }) => ours(graph, a!, b!),
      theirs: ({ a, b }) => theirs(a!, b!),
    }),
  );
const unary = (name: string, ours: (graph: Graph, x: Value) => Value, theirs: (x: tf.Tensor) => tf.Tensor, least = 1) =>
  shape(least, 4).map(
    (of): OperationCase => ({
      name: `${name} [${of}]`,
      inputs: { x: of },
      ours: (graph, { x }) => ours(graph, x!),
      theirs: ({ x }) => theirs(x!),
    }),
  );
const single = (name: string, inputs: Named<Shape>, ours: Ours, theirs: Theirs): OperationCase => ({
  name,
  inputs,
  ours,
  theirs,
});

const reduction = (name: string, ours: typeof op.sum, theirs: typeof tf.sum) =>
  fc.tuple(shapeWithAxes, fc.boolean()).map(([{ of, axes }, keep]) =>
    single(
      `${name} of [${of}] over [${axes}], kept: ${keep}`,
      { x: of },
      (graph, { x }) => ours(graph, x!, axes, keep),
      ({ x }) => theirs(x!, axes, keep),
    ),
  );

const product = fc
  .record({ sides: fc.tuple(side, side, side), transposeA: fc.boolean(), transposeB: fc.boolean() })
  .map(({ sides: [rows, inner, columns], transposeA, transposeB }) =>
    single(
      `product ${rows}x${inner}x${columns}, transposed: ${transposeA}, ${transposeB}`,
      { a: transposeA ? [inner, rows] : [rows, inner], b: transposeB ? [columns, inner] : [inner, columns] },
      (graph, { a, b }) => op.matMul(graph, a!, b!, { transposeA, transposeB }),
      ({ a, b }) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB),
    ),
  );

const lengths = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 });
const along = fc.record({ of: shape(1, 4), at: fc.nat(3), lengths }).map(({ of, at, lengths }) => {
  const axis = at % of.length;
  const parts = lengths.map((length): Shape => of.toSpliced(axis, 1, length));
  return {
    axis,
    lengths,
    parts,
    whole: of.toSpliced(
      axis,
      1,
      lengths.reduce((a, b) => a + b),
    ),
  };
});
const concat = along.map(({ axis, parts }) =>
  single(
    `concat of ${parts.map((part) => `[${part}]`).join(" ")} along ${axis}`,
    Object.fromEntries(parts.map((part, i) => [`x${i}`, part])),
    (graph, values) =>
      op.concat(
        graph,
        parts.map((_, i) => values[`x${i}`]!),
        axis,
      ),
    (tensors) =>
      tf.concat(
        parts.map((_, i) => tensors[`x${i}`]!),
        axis,
      ),
  ),
);
/** The last part stays unused. */
const split = along.map(({ axis, lengths, whole }) =>
  single(
    `split of [${whole}] into ${lengths} along ${axis}`,
    { x: whole },
    (graph, { x }) => {
      const parts = op.split(graph, x!, lengths, axis).slice(0, -1);
      return op.concat(
        graph,
        parts.map((part, i) => op.scale(graph, part, i + 1)),
        axis,
      );
    },
    ({ x }) => {
      const parts = tf.split(x!, [...lengths], axis).slice(0, -1);
      return tf.concat(
        parts.map((part, i) => tf.mul(part, i + 1)),
        axis,
      );
    },
  ),
);
const slice = shape(1, 4)
  .chain((of) => fc.tuple(fc.constant(of), zerosOf(of)))
  .map(([of, around]) => {
    const [begin, whole] = [
      around.map(([before]) => before),
      of.map((length, axis) => length + around[axis]![0] + around[axis]![1]),
    ];
    return single(
      `[${of}] from [${begin}] of [${whole}]`,
      { x: whole },
      (graph, { x }) => op.slice(graph, x!, begin, of),
      ({ x }) => tf.slice(x!, begin, [...of]),
    );
  });
const pad = shape(1, 4)
  .chain((of) => fc.tuple(fc.constant(of), zerosOf(of)))
  .map(([of, zeros]) =>
    single(
      `zeros ${JSON.stringify(zeros)} around [${of}]`,
      { x: of },
      (graph, { x }) => op.padAxes(graph, x!, zeros),
      ({ x }) => tf.pad(x!, zeros),
    ),
  );
const broadcast = fitting.map(([a, b]) => {
  const to = tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
  return single(
    `[${a}] broadcast to [${to}]`,
    { x: a },
    (graph, { x }) => op.broadcastTo(graph, x!, to),
    ({ x }) => tf.mul(x!, tf.ones(to)),
  );
});
const stack = fc.tuple(shape(0, 3), fc.integer({ min: 1, max: 4 })).map(([of, count]) =>
  single(
    `${count} of [${of}] side by side`,
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, of])),
    (graph, values) => op.stack(graph, Object.values(values)),
    (tensors) => tf.stack(Object.values(tensors)),
  ),
);

const rows = fc.tuple(side, side);
/** The cross-entropy of each row, or its gradient; targets that are a softmax. */
const crossEntropy = fc.tuple(rows, fc.nat(1)).map(([of, output]) =>
  single(
    `cross-entropy of [${of}], output ${output}`,
    { logits: of, targets: of },
    (graph, { logits, targets }) => op.crossEntropies(graph, logits!, op.softmax(graph, targets!))[output]!,
    ({ logits, targets }) => {
      const wanted = tf.softmax(targets as tf.Tensor2D);
      return output === 0
        ? tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(logits!)), 1))
        : tf.sub(tf.softmax(logits as tf.Tensor2D), wanted);
    },
  ),
);

const padding = fc.constantFrom("same" as const, "valid" as const);
const sliding = fc.record({
  kernel: fc.tuple(side, side),
  more: fc.tuple(fc.nat(6), fc.nat(6)),
  channels: fc.tuple(side, side),
  stride: fc.integer({ min: 1, max: 3 }),
  padding,
  zeros: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
});
const anyConvolution = sliding.map(({ kernel, more, channels: [from, to], stride, padding }) =>
  convolution([2, kernel[0] + more[0], kernel[1] + more[1], from], to, window(kernel, stride, padding)),
);
const anyDepthwise = sliding.map(({ kernel, more, channels: [from, to], stride, padding }) =>
  depthwise([2, kernel[0] + more[0], kernel[1] + more[1], from], to, window(kernel, stride, padding)),
);

/** So many zeros above, below, left and right, as only the attributes say. */
const explicitly = (of: OperationName, convolves: boolean) =>
  sliding.map(({ kernel, more, channels: [from, to], stride, zeros: asked }) => {
    const zeros = asked.map((count, i) => Math.min(count, kernel[i < 2 ? 0 : 1]! - 1)) as [
      number,
      number,
      number,
      number,
    ];
    const map = [2, kernel[0] + more[0], kernel[1] + more[1], from];
    const [above, below, left, right] = zeros;
    const attributes = {
      T: { type: "float32" },
      data_format: { text: "NHWC" },
      strides: { ints: [1, stride, stride, 1] },
      padding: { text: "EXPLICIT" },
      explicit_paddings: { ints: [0, 0, above, below, left, right, 0, 0] },
    } as const;
    const around: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      [above, below],
      [left, right],
      [0, 0],
    ];
    const ksize = convolves ? {} : { ksize: { ints: [1, ...kernel, 1] } };
    return single(
      `${of} ${kernel.join("x")}/${stride} on ${map}, zeros ${zeros}`,
      { x: map, ...(convolves ? { kernel: [...kernel, from, to] } : {}) },
      (graph, values) =>
        graph.add({ op: of, inputs: Object.values(values), attributes: { ...attributes, ...ksize } })[0]!,
      ({ x, kernel: filter }) =>
        filter
          ? tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, around)
          : tf.maxPool(tf.pad(x as tf.Tensor4D, around, -100), [...kernel], stride, "valid"),
    );
  });

const map = fc.tuple(fc.integer({ min: 2, max: 3 }), side, side, fc.integer({ min: 16, max: 19 }));
const norms: Named<(graph: Graph, inputs: readonly [Value, Value, Value]) => Value[]> = {
  "TensorFlow's": (graph, inputs) => {
    const none = op.filled(graph, [0], 0);
    return op.fusedBatchNorm(graph, [...inputs, none, none], { epsilon: 0.01, training: true });
  },
  ours: (graph, inputs) => ownBatchNorm(graph, inputs, 0.01),
  "ours with its ReLU": (graph, inputs) => rectified(graph, ownBatchNorm(graph, inputs, 0.01)[0]!)!,
};
/** A batch norm's map, mean and variance, added up or one of them left out; without the map, the gradient of `x` alone. */
const batchNorm = (whose: string) =>
  fc.tuple(map, fc.constantFrom([0], [0, 1], [0, 2], [0, 1, 2], [1, 2])).map(([of, outputs]): OperationCase => {
    const places = of[0] * of[1] * of[2];
    return {
      name: `batch norm, ${whose}, of [${of}], outputs ${outputs}`,
      inputs: { x: of, ...(outputs[0] === 0 ? { scale: of.slice(3), offset: of.slice(3) } : {}) },
      ours(graph, { x, scale = op.filled(graph, of.slice(3), 1), offset = op.filled(graph, of.slice(3), 1) }) {
        const found = norms[whose]!(graph, [x!, scale, offset]);
        return outputs.map((output) => found[output]!).reduce((sum, output) => op.add(graph, sum, output));
      },
      theirs({ x, scale, offset }) {
        const mean = tf.mean(x!, [0, 1, 2]);
        const variance = tf.div(tf.sum(tf.square(tf.sub(x!, mean)), [0, 1, 2]), places - 1);
        if (!offset) return tf.add(mean, variance);
        const normalized = normalize(x as tf.Tensor4D, 0.01, offset, scale);
        const found = [whose === "ours with its ReLU" ? tf.relu(normalized) : normalized, mean, variance];
        return outputs.map((output) => found[output]!).reduce((sum, output) => tf.add(sum, output));
      },
    };
  });
/** By given statistics: a mean and the square of a deviation, none of which is differentiated. */
const storedNorm = map.map((of) => {
  const [mean, variance] = [
    [...Array(of[3]).keys()].map((c) => c / 4 - 1),
    [...Array(of[3]).keys()].map((c) => 0.5 + c / 3),
  ];
  const vector = (graph: Graph, numbers: number[]) =>
    op.stack(
      graph,
      numbers.map((number) => op.scalar(graph, number)),
    );
  return single(
    `batch norm of [${of}] by stored statistics`,
    { x: of, scale: of.slice(3), offset: of.slice(3) },
    (graph, { x, scale, offset }) =>
      op.fusedBatchNorm(graph, [x!, scale!, offset!, vector(graph, mean), vector(graph, variance)], {
        epsilon: 0.01,
        training: false,
      })[0]!,
    ({ x, scale, offset }) =>
      tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 0.01))), scale!), offset!),
  );
});

const cookToom = fc
  .record({
    kernel: fc.constantFrom([3, 3] as const, [5, 5] as const, [1, 7] as const),
    padding,
    biased: fc.boolean(),
    rectifies: fc.boolean(),
    by: fc.constantFrom("plain", "fast"),
  })
  .map(({ kernel, padding, biased, rectifies, by }) => {
    const of = window(kernel, 1, padding);
    return single(
      `our own convolution, ${by} ${kernel.join("x")} ${padding}, bias: ${biased}, ReLU: ${rectifies}`,
      { x: [2, 9, 8, 17], kernel: [...kernel, 17, 16], ...(biased ? { bias: [16] } : {}) },
      (graph, { x, kernel, bias }) => {
        const y = ownConv2d(graph, x!, kernel!, of, by);
        const sums = bias ? withBias(graph, y, bias)! : y;
        return rectifies ? withRelu(graph, sums)! : sums;
      },
      ({ x, kernel, bias }) => {
        const y = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, padding);
        const sums = bias ? tf.add(y, bias) : y;
        return rectifies ? tf.relu(sums) : sums;
      },
    );
  });

const ownSideBySide = fc
  .record({
    kernel: fc.constantFrom([1, 1] as const, [3, 3] as const),
    filters: fc.tuple(side, fc.constantFrom(16, 17)),
  })
  .map(({ kernel, filters: [a, b] }) =>
    single(
      `our own convolutions of ${kernel.join("x")} side by side, ${a} and ${b} filters`,
      { x: [2, 9, 8, 17], v: [...kernel, 17, a], w: [...kernel, 17, b] },
      (graph, { x, v, w }) =>
        op.concat(graph, ownConvolutions(graph, x!, [v!, w!], { window: window(kernel, 1, "same") }), 3),
      ({ x, v, w }) =>
        tf.concat(
          [v, w].map((filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same")),
          3,
        ),
    ),
  );

export const anyOperation: Named<fc.Arbitrary<OperationCase>> = {
  sum: binary("sum", op.add, tf.add),
  difference: binary("difference", op.subtract, tf.sub),
  product: binary("product", op.multiply, tf.mul),
  quotient: binary(
    "quotient by 1 + the square of",
    (graph, a, b) => op.divide(graph, a, op.add(graph, op.multiply(graph, b, b), op.scalar(graph, 1))),
    (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  ),
  /** By a sum, as tfjs's own gradient of a maximum fails where an input is broadcast. */
  maximum: binary("maximum", op.maximum, (a, b) => tf.add(tf.relu(tf.sub(a, b)), b)),
  root: unary(
    "root of 1 + the square of",
    (graph, x) => op.squareRoot(graph, op.add(graph, op.multiply(graph, x, x), op.scalar(graph, 1))),
    (x) => tf.sqrt(tf.add(tf.square(x), 1)),
    0,
  ),
  reductionSum: reduction("sum", op.sum, tf.sum),
  mean: reduction("mean", op.mean, tf.mean),
  halfSquares: unary("half the squares of", op.halfSquares, (x) => tf.div(tf.sum(tf.square(x)), 2), 0),
  identity: unary(
    "identity of",
    (graph, x) => op.identity(graph, x),
    (x) => tf.clone(x),
    0,
  ),
  softmax: unary(
    "softmax of",
    (graph, x) => op.softmax(graph, x),
    (x) => tf.softmax(x),
  ),
  logSoftmax: unary("logarithm of the softmax of", op.logSoftmax, (x) => tf.logSoftmax(x)),
  fill: unary(
    "filled with the sum of",
    (graph, x) => op.filledWith(graph, [2, 3], op.sum(graph, x, [...x.shape.keys()])),
    (x) => tf.mul(tf.sum(x), tf.ones([2, 3])),
  ),
  matrixProduct: product,
  concat,
  split,
  slice,
  pad,
  broadcast,
  stack,
  crossEntropy,
  convolution: anyConvolution,
  convolutionInZeros: explicitly("Conv2D", true),
  maxPoolInZeros: explicitly("MaxPool", false),
  depthwise: anyDepthwise,
  ourConvolution: cookToom,
  ourConvolutions: ownSideBySide,
  batchNorm: batchNorm("TensorFlow's"),
  ourBatchNorm: batchNorm("ours"),
  ourBatchNormWithReLU: batchNorm("ours with its ReLU"),
  storedBatchNorm: storedNorm,
};
