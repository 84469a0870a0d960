// The oracle's quick gradient of filters gives what tfjs's own kernel does.
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { distance, random } from "./run.ts";
import { tfjsFilterGradient, useQuickFilterGradient } from "./tfjs-filter-gradient.ts";

type Shape = [number, number, number, number];
const cases: [x: Shape, filter: Shape, stride: number][] = [
  [[3, 7, 6, 4], [3, 3, 4, 5], 1],
  [[2, 9, 8, 3], [3, 2, 3, 4], 2],
  [[1, 10, 11, 2], [1, 7, 2, 3], 3],
  [[3, 1, 1, 6], [1, 1, 6, 2], 1],
];

test.each(cases)("%j, filter %j, stride %i", (shape, filterShape, stride) => {
  const tensor = (of: readonly number[], seed: number) => tf.tensor(random(of, seed).data, [...of]);
  const [x, kernel] = [tensor(shape, 1) as tf.Tensor4D, tensor(filterShape, 2) as tf.Tensor4D];
  const dy = tensor(tf.conv2d(x, kernel, stride, "valid").shape, 3);
  const inputs = { x, dy };
  const attrs = { strides: [stride, stride], pad: "valid", dataFormat: "NHWC", filterShape };
  const theirs = tfjsFilterGradient({ inputs, attrs, backend: tf.backend() }) as tf.TensorInfo;
  useQuickFilterGradient();
  const [, ours] = tf.grads((x, kernel) =>
    tf.sum(tf.mul(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, "valid"), dy)),
  )([x, kernel]);
  expect(ours!.shape).toEqual(theirs.shape);
  const read = tf.backend().readSync(theirs.dataId) as Float32Array;
  expect(distance(ours!.dataSync() as Float32Array, read)).toBeLessThan(1e-6);
});
