// bfloat16, operation by operation on the same inputs, and by its loss curve. Never by whole-network gradients at the
// start: those are chaotic in any precision.
import { beforeAll, describe, expect, test } from "vitest";
import { convolutionType } from "../../src/graph/forward.ts";
import { gradients } from "../../src/graph/gradients.ts";
import type { DType, Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { batchNorm, chain, concat, conv, dense, globalPool, maxPool, relu } from "../../src/network/build.ts";
import type { Window } from "../../src/network/layer.ts";
import { operationCases, window } from "./operation-cases.ts";
import { distance, mapped, type Named, type NdArray, names, random, run, uniform } from "./run.ts";
import { openStep, type Pictures } from "./step.ts";

/**
 * Half a unit in the last place of 8 significant bits is 2^-9. Without bfloat16 instructions TensorFlow also adds up the
 * gradients of kernels and biases in the format: at most 0.013 off, as measured.
 */
const tolerance = 2 ** -6;

/** These stay in float32 in the networks too: batch norm's vectors, response norm, depthwise, dense, global pool and strided columns. */
const wide = /batch norm|response norm|depthwise|dense|global|product|conv 1x7\/2 valid/;
const narrow = operationCases.filter(
  ({ name, inputs }) => !wide.test(name) && !(inputs.kernel && inputs.x![3]! % 2 === 1),
);

describe("every operation that runs in bfloat16 agrees with float32, forward and backward", () => {
  let [exact, rounded]: Named<NdArray>[] = [];
  beforeAll(() => {
    [exact, rounded] = [results("float32"), results("bfloat16")];
  });
  test.each(narrow)("$name", (operation) => {
    const found = names(exact!).filter((output) => output.startsWith(`${narrow.indexOf(operation)}/`));
    expect(found.length).toBeGreaterThan(1);
    for (const output of found) {
      expect(distance(rounded![output]!.data, exact![output]!.data), output).toBeLessThan(tolerance);
      expect(rounded![output]!.data.every(Number.isFinite), output).toBe(true);
    }
  });

  test("batch norm of bfloat16 maps, with float32 statistics", () => {
    const inputs = {
      x: random([2, 5, 3, 4], 1),
      offset: random([4], 2),
      scale: random([4], 3),
      dy: random([2, 5, 3, 4], 4),
    };
    const of = (dtype: DType) =>
      run<string, string>(inputs, (graph, { x, offset, scale, dy }) => {
        const none = op.filled(graph, [0], 0);
        const narrow = op.cast(graph, op.cast(graph, x!, "bfloat16"), dtype);
        const [normalized, mean, variance] = op.fusedBatchNorm(graph, [narrow, scale!, offset!, none, none], {
          epsilon: 0.001,
          training: true,
        });
        const y = op.cast(graph, normalized!, "float32");
        const loss = op.sum(graph, op.multiply(graph, y, dy!), [0, 1, 2, 3]);
        const [dx, dOffset, dScale] = gradients(graph, loss, [x!, offset!, scale!]);
        return { y, mean: mean!, variance: variance!, dx: dx!, dOffset: dOffset!, dScale: dScale! };
      });
    const [exact, rounded] = [of("float32"), of("bfloat16")];
    for (const name of names(exact))
      expect(distance(rounded[name]!.data, exact[name]!.data), name).toBeLessThan(
        /mean|variance/.test(name) ? 1e-5 : tolerance,
      );
  });
});

const [square, column] = [window([3, 3], 1, "same"), window([1, 7], 2, "valid")];
test.each<[what: string, input: number[], of: Window, dtype: DType]>([
  ["an even number of input channels", [2, 9, 8, 192], square, "bfloat16"],
  ["an odd number of input channels", [2, 9, 8, 3], square, "float32"],
  ["a stride and an output one pixel wide", [2, 9, 8, 4], column, "float32"],
  ["a stride and an output of one pixel", [2, 1, 8, 4], column, "bfloat16"],
  ["a stride and an output of more columns", [2, 9, 9, 4], column, "bfloat16"],
])("a convolution with %s", (_what, input, of, dtype) => {
  expect([convolutionType("bfloat16", input, of), convolutionType("float32", input, of)]).toEqual([dtype, "float32"]);
});

/** Measured: the curves' means over ten steps differ by at most 1.1e-4 where bfloat16 is emulated. */
test("the loss curve over 100 steps follows float32's", () => {
  const unit = (filters: number, stride = 1) =>
    chain({ conv: conv(filters, 3, { stride }), batchNorm: batchNorm(true), relu });
  const network = chain({
    stem: unit(8, 2),
    mixed: concat({ a: unit(6), b: chain([unit(4), unit(6)]), pool: chain([maxPool(3), unit(4)]) }),
    top: unit(8),
    pool: globalPool,
    dense: dense(3, 0.01),
  });
  const curve = (precision: "float32" | "bfloat16") => {
    const rmsprop = { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 } as const;
    const step = openStep(network, { size: 12, batch: 8, precision, optimizer: rmsprop, labelSmoothing: 0.1 });
    step.initialize(3);
    const losses = Array.from({ length: 100 }, (_, i) => step.train(stripes(i), { learningRate: 0.02 }).loss);
    step.close();
    return Array.from({ length: 10 }, (_, i) => losses.slice(i * 10, i * 10 + 10).reduce((a, b) => a + b) / 10);
  };
  const [exact, rounded] = [curve("float32"), curve("bfloat16")];
  expect(exact[9]).toBeLessThan(exact[0]! * 0.7);
  exact.forEach((loss, i) => {
    expect(Math.abs(rounded[i]! - loss)).toBeLessThan(0.02);
  });
  expect(rounded).not.toEqual(exact);
});

/** Pictures of three kinds, in noise: stripes across, stripes down, and none. */
function stripes(seed: number): Pictures {
  const next = uniform(seed);
  const labels = Array.from({ length: 8 }, () => Math.floor(next() * 3));
  const images = labels.flatMap((label) =>
    Array.from({ length: 12 * 12 * 3 }, (_, i) => {
      const [row, column] = [Math.floor(i / 36), Math.floor(i / 3) % 12];
      const stripe = label === 0 ? row % 2 : label === 1 ? column % 2 : 0.5;
      return Math.floor(255 * (0.4 * stripe + 0.6 * next()));
    }),
  );
  return { images: Uint8Array.from(images), labels };
}

/**
 * Each operation's output and gradients, `<its place>/y` and `<its place>/d/<input>`, all inputs rounded to bfloat16 first; `dtype` is what it
 * works in.
 */
function results(dtype: DType): Named<NdArray> {
  const inputs = narrow.flatMap(({ inputs }, i) =>
    names(inputs).map((name, position): [string, NdArray] => [`${i}/${name}`, random(inputs[name]!, position + 1)]),
  );
  return run<string, string>(Object.fromEntries(inputs), (graph, values) => {
    const outputs = narrow.map(({ inputs, ours }, i): Named<Value> => {
      const wide = mapped(inputs, (_, name) => values[`${i}/${name}`]!);
      const rounded = mapped(wide, (value) => op.cast(graph, op.cast(graph, value, "bfloat16"), dtype));
      const y = op.cast(graph, ours(graph, rounded), "float32");
      const weights = op.statelessUniform(graph, y.shape, op.integers(graph, [1, 2]));
      const loss = op.sum(graph, op.multiply(graph, y, weights), [...y.shape.keys()]);
      const found = gradients(graph, loss, Object.values(wide));
      return { [`${i}/y`]: y, ...Object.fromEntries(names(wide).map((name, n) => [`${i}/d/${name}`, found[n]!])) };
    });
    return Object.assign({}, ...outputs);
  });
}
