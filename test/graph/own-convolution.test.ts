// The project's own kernels for convolutions against TensorFlow's: results, gradients, bias and ReLU.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import { nameOf } from "../../src/graph/kernels.ts";
import type { DType, Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { convolutionSide, type OwnSide, ownConv2d, withBias, withRelu } from "../../src/graph/own-convolution.ts";
import type { Size, Window } from "../../src/network/layer.ts";
import { window } from "./operation-cases.ts";
import { distance, random, run, sameBits } from "./run.ts";

/** As measured up to 4e-6, by the filters of seven; TensorFlow's own sums of products are 2e-7 from the exact ones. */
const tolerance = 1e-5;

const kernels = [
  [3, 3],
  [5, 5],
  [1, 3],
  [3, 1],
  [1, 7],
  [7, 1],
] as const satisfies Size[];

type Found = { readonly y: Float32Array; readonly dx: Float32Array; readonly dKernel: Float32Array };

/** TensorFlow's, ours, and ours on one thread; the gradient of the input by the same side where it can. */
function convolutions(map: readonly number[], filters: number, of: Window, side: OwnSide = "fast"): Found[] {
  const filter = [...of.kernel, map[3]!, filters];
  const chosen = Object.fromEntries(
    (["input", "filter"] as const).map((pass) => [
      nameOf({ pass, dtype: "float32", input: map, filter, stride: of.stride }),
      side,
    ]),
  );
  const inputs = { x: random(map, 1), kernel: random(filter, 2) };
  const ours = (graph: Graph, x: Value, kernel: Value): Value => ownConv2d(graph, x, kernel, of, side);
  const found = run<string, string>(inputs, (graph, { x, kernel }) => {
    const theirs = op.conv2d(graph, x!, kernel!, of);
    const ys = [theirs, ours(graph, x!, kernel!), onOneThread(graph, ours(graph, x!, kernel!))];
    const pieces = ys.map((y, i) => {
      const loss = op.sum(graph, op.multiply(graph, y, theirs), [0, 1, 2, 3]);
      const [dx, dKernel] = gradients(graph, loss, [x!, kernel!], i === 0 ? "tensorflow" : chosen);
      return { [`y${i}`]: y, [`dx${i}`]: dx!, [`dKernel${i}`]: dKernel! };
    });
    return Object.assign({}, ...pieces);
  });
  return [0, 1, 2].map((i) => ({
    y: found[`y${i}`]!.data,
    dx: found[`dx${i}`]!.data,
    dKernel: found[`dKernel${i}`]!.data,
  }));
}

function onOneThread(graph: Graph, { node: { op, inputs, attributes } }: Value): Value {
  return graph.add({ op, inputs, attributes: { ...attributes, threads: { int: 1 } } })[0]!;
}

function agree([theirs, ours, alone]: Found[], what = ""): void {
  for (const part of ["y", "dx", "dKernel"] as const)
    expect(distance(ours![part], theirs![part]), `${part} ${what}`).toBeLessThan(tolerance);
  expect(sameBits(alone!.y, ours!.y), what).toBe(true);
}

describe.each(kernels)("%i x %i", (...kernel) => {
  test.each(["same", "valid"] as const)("any map, %s", (padding) => {
    const any = fc.record({
      more: fc.tuple(fc.nat(20), fc.nat(20)),
      batch: fc.integer({ min: 1, max: 5 }),
      channels: fc.integer({ min: 1, max: 40 }),
      filters: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(any, ({ more, batch, channels, filters }) => {
        const map = [batch, kernel[0] + more[0], kernel[1] + more[1], channels];
        agree(convolutions(map, filters, window(kernel, 1, padding)), JSON.stringify({ map, filters }));
      }),
      { numRuns: 12, seed: 5 },
    );
  });
});

test.each([
  ["more tiles than are taken at once", [6, 35, 35, 16], 24, window([3, 3], 1, "same")],
  ["more channels than fit into the cache", [2, 8, 8, 448], 384, window([3, 3], 1, "same")],
  ["a map smaller than the filter", [3, 2, 3, 17], 16, window([5, 5], 1, "same")],
  ["one pixel", [2, 1, 1, 16], 16, window([3, 3], 1, "same")],
  ["a padding in numbers", [3, 12, 11, 17], 18, window([3, 3], 1, { rows: [0, 2], columns: [2, 1] })],
  ["six results at once", [2, 17, 17, 24], 16, window([7, 1], 1, "same")],
  ["four results at once", [2, 4, 4, 24], 16, window([7, 1], 1, "same")],
] as const)("%s", (_, map, filters, of) => agree(convolutions(map, filters, of)));

test.each([
  ["1x1", [2, 17, 17, 40], 33, window([1, 1], 1, "same")],
  ["a stride", [3, 19, 18, 37], 34, window([3, 3], 2, "valid")],
  ["a stride with zeros around", [2, 12, 11, 16], 20, window([5, 5], 3, "same")],
  ["1x7", [2, 17, 17, 24], 16, window([1, 7], 1, "same")],
  ["many channels and filters", [2, 8, 8, 450], 390, window([3, 3], 1, "same")],
  ["a padding in numbers", [3, 12, 11, 17], 18, window([3, 3], 1, { rows: [0, 2], columns: [2, 1] })],
  ["one pixel", [2, 1, 1, 16], 16, window([3, 3], 1, "same")],
] as const)("plain sums: %s", (_, map, filters, of) => agree(convolutions(map, filters, of, "plain")));

/** Half a unit in the last place of 8 significant bits is 2^-9 of the number. */
test("of maps in bfloat16: rounded once, and the filter's gradient not at all", () => {
  const of = window([3, 3], 1, "same");
  const inputs = { x: random([3, 12, 11, 18], 1), kernel: random([3, 3, 18, 24], 2), dy: random([3, 12, 11, 24], 3) };
  const found = (dtype: DType) =>
    run<string, string>(inputs, (graph, { x, kernel, dy }) => {
      const narrow = (value: Value) => op.cast(graph, op.cast(graph, value, "bfloat16"), dtype);
      const y = ownConv2d(graph, narrow(x!), kernel!, of, "fast");
      const loss = op.sum(graph, op.cast(graph, op.multiply(graph, y, narrow(dy!)), "float32"), [0, 1, 2, 3]);
      const [dx, dKernel] = gradients(graph, loss, [x!, kernel!], "own");
      return { y, dx: dx!, dKernel: dKernel! };
    });
  const [exact, rounded] = [found("float32"), found("bfloat16")];
  expect(distance(rounded.y!.data, exact.y!.data)).toBeLessThan(2 ** -9);
  expect(distance(rounded.dx!.data, exact.dx!.data)).toBeLessThan(2 ** -8);
  expect(distance(rounded.dKernel!.data, exact.dKernel!.data)).toBeLessThan(1e-6);
  expect(rounded.y).not.toEqual(exact.y);
});

describe("bias and ReLU in one pass", () => {
  const inputsFor = (filters: number) => ({
    x: random([2, 9, 7, 19], 1),
    kernel: random([3, 3, 19, filters], 2),
    bias: random([filters], 3),
  });
  const inputs = inputsFor(21);
  const of = window([3, 3], 1, "same");

  test.each([
    ["fast", 21],
    ["fast", 32],
    ["plain", 21],
    ["plain", 32],
  ] as const)("give what the operations after it give, %s, %i filters", (side, filters) => {
    const { biased, both, plainly, rectified } = run(inputsFor(filters), (graph, { x, kernel, bias }) => {
      const y = ownConv2d(graph, x, kernel, of, side);
      const biased = withBias(graph, y, bias)!;
      const plainly = op.biasAdd(graph, y, bias);
      return { biased, both: withRelu(graph, biased)!, plainly, rectified: op.relu(graph, plainly) };
    });
    expect(sameBits(biased.data, plainly.data)).toBe(true);
    expect(sameBits(both.data, rectified.data)).toBe(true);
    expect(both.data.some((value) => value === 0)).toBe(true);
  });

  test.each(["fast", "plain"] as const)("a NaN stays one, %s", (side) => {
    const kernel = { ...inputs.kernel, data: inputs.kernel.data.map(() => Number.NaN) };
    const { y } = run({ ...inputs, kernel }, (graph, { x, kernel, bias }) => ({
      y: withRelu(graph, withBias(graph, ownConv2d(graph, x, kernel, of, side), bias)!)!,
    }));
    expect(y.data.every(Number.isNaN)).toBe(true);
  });

  test("only a convolution takes them, and one bias", () => {
    const graph = new Graph();
    const x = op.filled(graph, [1, 5, 5, 16], 1);
    const bias = op.filled(graph, [16], 1);
    expect([withBias(graph, x, bias), withRelu(graph, x)]).toEqual([undefined, undefined]);
    const y = ownConv2d(graph, x, op.filled(graph, [3, 3, 16, 16], 1), of, "fast");
    expect(withBias(graph, withBias(graph, y, bias)!, bias)).toBeUndefined();
  });
});

describe("which convolutions it takes", () => {
  const graph = new Graph();
  const map = op.filled(graph, [4, 8, 8, 32], 1);
  const filter = (kernel: Size, channels = 32) => [...kernel, channels, 32];

  test.each(kernels)("stride 1 and %i x %i", (...kernel) => {
    expect(convolutionSide("own", map, filter(kernel), window(kernel, 1, "same"))).toBe("fast");
    expect(convolutionSide("own", map, filter(kernel), window(kernel, 2, "same"))).toBe("tensorflow");
    expect(convolutionSide("tensorflow", map, filter(kernel), window(kernel, 1, "same"))).toBe("tensorflow");
  });

  test("with channels and places enough, in either precision, and no other size", () => {
    const of = window([3, 3], 1, "same");
    expect(convolutionSide("own", op.cast(graph, map, "bfloat16"), filter([3, 3]), of)).toBe("fast");
    expect(convolutionSide("own", map, filter([3, 3], 3), of)).toBe("tensorflow");
    expect(convolutionSide("own", op.filled(graph, [3, 8, 8, 32], 1), filter([3, 3]), of)).toBe("tensorflow");
    expect(convolutionSide("own", map, filter([1, 1]), window([1, 1], 1, "same"))).toBe("tensorflow");
  });
});
