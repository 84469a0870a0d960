// Operations that move numbers and change none: their gradients move them back.

import { axesOf, constantIntegers } from "../attributes.ts";
import type { Value } from "../node.ts";
import type { ArrayOperation } from "../operation-names.ts";
import * as op from "../operations.ts";
import { broadcast, type Dims, elements, sameShape } from "../shape.ts";
import { type Definitions, must, mustBe, once, one } from "./definition.ts";

const joined = (inputs: readonly Value[]) => {
  const parts = inputs.slice(0, -1);
  const [axis] = axesOf(inputs.at(-1)!, parts[0]!.shape.length) as [number];
  return { parts, axis };
};
const withLength = (shape: Dims, axis: number, length: number): Dims => shape.toSpliced(axis, 1, length);
const splitAxis = (inputs: readonly Value[]): number => axesOf(inputs[2]!, inputs[0]!.shape.length)[0]!;

export const arrays: Definitions<ArrayOperation> = {
  Reshape: {
    outputs([value, shape]) {
      const to = constantIntegers(shape!);
      must(
        value!.shape.includes(-1) || elements(value!.shape) === elements(to),
        `[${value!.shape}] and [${to}] have different numbers of elements`,
      );
      return [{ dtype: value!.dtype, shape: to }];
    },
    gradient: one((graph, dy, { inputs: [value] }) => [() => op.reshape(graph, dy, value!.shape), undefined]),
  },
  BroadcastTo: {
    outputs([value, shape]) {
      const to = constantIntegers(shape!);
      must(sameShape(broadcast(value!.shape, to), to), `[${value!.shape}] cannot be broadcast to [${to}]`);
      return [{ dtype: value!.dtype, shape: to }];
    },
    gradient: one((graph, dy, { inputs: [value] }) => [() => op.sumTo(graph, dy, value!.shape), undefined]),
  },
  ConcatV2: {
    outputs(inputs) {
      const { parts, axis } = joined(inputs);
      const [{ dtype, shape }] = parts as [Value];
      for (const part of parts) {
        mustBe(part, withLength(shape, axis, part.shape[axis]!), "a part");
        must(part.dtype === dtype, `${dtype} and ${part.dtype} do not mix`);
      }
      const length = parts.reduce((total, part) => total + part.shape[axis]!, 0);
      return [{ dtype, shape: withLength(shape, axis, length) }];
    },
    gradient: one((graph, dy, { inputs }) => {
      const { parts, axis } = joined(inputs);
      const sizes = parts.map((part) => part.shape[axis]!);
      const pieces = once(() => op.split(graph, dy, sizes, axis));
      return [...parts.map((_, i) => () => pieces()[i]!), undefined];
    }),
  },
  SplitV: {
    outputs(inputs) {
      const [value, sizes] = inputs as [Value, Value];
      const axis = splitAxis(inputs);
      const lengths = constantIntegers(sizes);
      const total = lengths.reduce((a, b) => a + b, 0);
      must(total === value.shape[axis], `[${value.shape}] cannot be cut into ${lengths} along axis ${axis}`);
      return lengths.map((length) => ({ dtype: value.dtype, shape: withLength(value.shape, axis, length) }));
    },
    gradient({ graph, node, incoming }) {
      const pieces = () => incoming.map((dy, i) => dy ?? op.zerosLike(graph, node.outputs[i]!));
      return [() => op.concat(graph, pieces(), splitAxis(node.inputs)), undefined, undefined];
    },
  },
  Slice: {
    outputs([value, begin, size]) {
      const [from, shape] = [constantIntegers(begin!), constantIntegers(size!)];
      must(
        shape.every((length, axis) => from[axis]! >= 0 && from[axis]! + length <= value!.shape[axis]!),
        `[${shape}] from [${from}] is no part of [${value!.shape}]`,
      );
      return [{ dtype: value!.dtype, shape }];
    },
    gradient: one((graph, dy, { inputs: [value, begin] }) => {
      const zeros = constantIntegers(begin!).map(
        (from, axis) => [from, value!.shape[axis]! - from - dy.shape[axis]!] as const,
      );
      return [() => op.padAxes(graph, dy, zeros), undefined, undefined];
    }),
  },
  Pad: {
    outputs: padded,
    gradient: one((graph, dy, { inputs: [value, paddings] }) => {
      const before = constantIntegers(paddings!).filter((_, i) => i % 2 === 0);
      return [() => op.slice(graph, dy, before, value!.shape), undefined];
    }),
  },
  /** With a number of its own. */
  PadV2: { outputs: padded, gradient: "refused" },
  /** Along a new first axis. */
  Pack: {
    outputs(inputs) {
      const [{ dtype, shape }] = inputs as [Value];
      for (const value of inputs) mustBe(value, shape, "a part");
      return [{ dtype, shape: [inputs.length, ...shape] }];
    },
    gradient: one((graph, dy, { inputs }) => {
      const pieces = once(() => op.split(graph, dy, Array(inputs.length).fill(1), 0));
      return inputs.map(
        ({ shape }, i) =>
          () =>
            op.reshape(graph, pieces()[i]!, shape),
      );
    }),
  },
};

function padded([value, paddings]: readonly Value[]) {
  mustBe(paddings!, [value!.shape.length, 2], "the paddings");
  const places = constantIntegers(paddings!);
  const shape = value!.shape.map((length, axis) => length + places[2 * axis]! + places[2 * axis + 1]!);
  return [{ dtype: value!.dtype, shape }];
}
