// Every convolution of the catalog's networks while fresh memory is NaN: a kernel that reads what it never wrote gives itself
// away. TensorFlow 2.21's bfloat16 convolution does so for an odd number of input channels, where the processor has AVX-512.
import koffi from "koffi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import { gradients } from "../../src/graph/gradients.ts";
import { Graph } from "../../src/graph/graph.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import type { OperationName } from "../../src/graph/node.ts";
import { outputOf } from "../../src/graph/operation.ts";
import * as op from "../../src/graph/operations.ts";
import { convolutionSide } from "../../src/graph/own-convolution.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { trace } from "../../src/interpret/shapes.ts";
import { canonical } from "../../src/network/canonical.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Primitive } from "../../src/network/layer.ts";
import { auxiliaries, earlyStems, type NetworkOptions, projections, stems } from "../../src/network/options.ts";
import { blocks8, blocks17, blocks35, reductions, type Switches } from "../../src/network/switches.ts";
import { openSession } from "../../src/runtime/session.ts";
import { needs } from "../needs.ts";
import { bnInception, googLeNet, v3 } from "../network/examples.ts";
import { raw, sameBits, uniform } from "./run.ts";

type Conv = Extract<Primitive, { type: "conv" | "depthwise" }>;
type Shape = { readonly layer: Conv; readonly channels: number };

const otherSwitches: Partial<Switches>[] = [
  ...reductions.map((reduction) => ({ reduction })),
  ...blocks35.map((block35) => ({ block35 })),
  ...blocks17.map((block17) => ({ block17 })),
  ...blocks8.map((block8) => ({ block8 })),
];
const shapes = catalogShapes();
/** So many more rows and columns that our own convolutions take the map. */
const placesEnough = 14;

// glibc fills what malloc gives with the lowest byte of 0xff ^ 256: 0xff, a NaN in both formats.
const M_PERTURB = -6;
beforeAll(() => poison(256));
afterAll(() => poison(0));
function poison(byte: number): void {
  if (process.platform === "linux")
    expect(koffi.load("libc.so.6").func("int mallopt(int, int)")(M_PERTURB, byte)).toBe(1);
}

test("the catalog's convolutions reach our own kernel", () => {
  const graph = new Graph();
  const fast = [...shapes.values()].filter(({ layer, channels }) => {
    const map = op.filled(graph, [1, ...layer.kernel.map((side) => side + layer.stride + placesEnough), channels], 0);
    return (
      layer.type === "conv" && convolutionSide("own", map, [...layer.kernel, channels, layer.filters], layer) === "fast"
    );
  });
  expect(new Set(fast.map(({ layer }) => layer.kernel.join("x")))).toEqual(
    new Set(["3x3", "5x5", "1x7", "7x1", "1x3", "3x1"]),
  );
});

test("the catalog has convolutions of every kind", () => {
  const kernels = new Set([...shapes.values()].map(({ layer }) => layer.kernel.join("x")));
  expect(kernels).toEqual(new Set(["1x1", "3x3", "4x4", "5x5", "7x7", "1x7", "7x1", "1x5", "5x1", "1x3", "3x1"]));
  expect(shapes.size).toBeGreaterThanOrEqual(50);
});

test("fresh memory really is NaN", needs("linux"), () => {
  const graph = new Graph();
  const sizes = [500, 3_000, 100_000, 1_000_000];
  for (const size of sizes) {
    const { node } = op.filled(graph, [size], 0);
    // What no program of ours holds: numbers that nobody wrote.
    const empty = {
      op: "Empty" as OperationName,
      attributes: { dtype: { type: "float32" }, init: { bool: false } },
    } as const;
    const fresh = { ...node, ...empty, name: `fresh/${size}`, inputs: node.inputs.slice(0, 1) };
    graph.nodes.push(fresh);
    op.identity(graph, outputOf(fresh, 0), `out/${size}`);
  }
  const session = openSession(savedModel(graph));
  const fetches = sizes.map((size) => `out/${size}`);
  for (let i = 0; i < 3; i++)
    for (const { data } of session.run({}, fetches)) expect(data.every(Number.isNaN)).toBe(true);
  session.close();
});

describe.each([
  ["float32", "tensorflow", 1e-5],
  ["float32", "own", 5e-5],
  ["bfloat16", "tensorflow", 2 ** -5],
] as const)("in %s, kernels: %s", needs("linux"), (precision, kernels, tolerance) => {
  const found = inGroups([...shapes.values()], (group) => poisoned(group, precision, kernels));
  test.each([...shapes])("%s", (_, shape) => {
    const { outputs, gradients, expected } = found(shape);
    for (const values of [...outputs, ...gradients]) expect(allFinite(values)).toBe(true);
    for (const values of outputs.slice(1)) expect(sameBits(values, outputs[0]!)).toBe(true);
    for (const [index, { value, scale }] of expected)
      expect(Math.abs(outputs[0]![index]! - value) / scale).toBeLessThan(tolerance);
  });
});

/** One of each kernel, stride, padding and pair of channel counts. */
function catalogShapes(): Map<string, Shape> {
  const networks: NetworkOptions[] = [
    ...(["inception-v2", "inception-v3"] as const).flatMap((name) =>
      stems.flatMap((stem) => auxiliaries.map((auxiliary) => ({ ...v3, name, stem, auxiliary }))),
    ),
    ...otherSwitches.map((switches) => ({ ...v3, ...switches })),
    ...earlyStems.flatMap((stem) => [
      { ...googLeNet, stem },
      ...projections.map((poolProj4cd) => ({ ...bnInception, stem, poolProj4cd })),
    ]),
  ];
  const shapes = networks.flatMap((options) => {
    const { size } = canonical[options.name];
    return trace(buildNetwork(options, size), { height: size, width: size, channels: 3 });
  });
  return new Map(
    shapes.flatMap(({ layer, input: { channels } }): [string, Shape][] => {
      if (layer.type !== "conv" && layer.type !== "depthwise") return [];
      const to = layer.type === "conv" ? layer.filters : channels * layer.multiplier;
      return [
        [
          `${layer.type} ${layer.kernel.join("x")}/${layer.stride} ${layer.padding}, ${channels} to ${to}`,
          { layer, channels },
        ],
      ];
    }),
  );
}

/** A loop: hundreds of millions of numbers are looked at. */
function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return false;
  return true;
}

/** Multiples of 1/32 from -1 to 1, which bfloat16 holds. */
const drawn = uniform(1);
const numbers = Float32Array.from({ length: 1 << 24 }, () => Math.round(drawn() * 64 - 32) / 32);

/** So many convolutions share a graph: to open one takes longer than to run it. */
const together = 24;

/** What `compute` gives for the shape, computed with those of its group when the first of them is asked for. */
function inGroups<Found>(all: readonly Shape[], compute: (group: readonly Shape[]) => readonly Found[]) {
  const known = new Map<Shape, Found>();
  return (shape: Shape): Found => {
    const start = Math.floor(all.indexOf(shape) / together) * together;
    const group = all.slice(start, start + together);
    if (!known.has(shape)) for (const [i, found] of compute(group).entries()) known.set(group[i]!, found);
    return known.get(shape)!;
  };
}

/** Of each shape, three runs of forward and backward, and what some cells of the output must be. */
function poisoned(group: readonly Shape[], precision: "float32" | "bfloat16", kernels: Kernels) {
  const graph = new Graph();
  const added = group.map((shape, i) => add(graph, shape, `${i}`, precision, kernels));
  const session = openSession(savedModel(graph));
  const feeds = Object.assign({}, ...added.map(({ feeds }) => feeds));
  const fetches = added.flatMap(({ fetches }) => fetches);
  const runs = Array.from({ length: 3 }, () => session.run(feeds, fetches));
  session.close();
  return added.map(({ fetches: own, expected }, i) => {
    const values = runs.map((run) => run.slice(i * own.length).map(({ data }) => data as Float32Array));
    return {
      outputs: values.map(([map]) => map!),
      gradients: values.flatMap(([, dx, dKernel]) => [dx!, dKernel!]),
      expected: expected(),
    };
  });
}

/** One convolution's forward and backward in the graph, under a name. */
function add(
  graph: Graph,
  { layer, channels }: Shape,
  name: string,
  precision: "float32" | "bfloat16",
  kernels: Kernels,
) {
  const more = kernels === "own" ? placesEnough : 0;
  const [height, width] = layer.kernel.map((side) => side + layer.stride + more) as [number, number];
  const last = layer.type === "conv" ? layer.filters : layer.multiplier;
  const kernelShape = [...layer.kernel, channels, last];
  const next = uniform(channels + last);
  const images = numbers.subarray(last, last + height * width * channels);
  const kernel = numbers.slice(-kernelShape.reduce((product, side) => product * side));

  const feed = (what: string, shape: readonly number[]) =>
    op.decodeRaw(graph, op.placeholder(graph, `${what}/${name}`, "string", []), "float32", shape);
  const x = feed("images", [1, height, width, channels]);
  const weight = feed("kernel", kernelShape);
  const flat = { type: "chain", children: { layer, pool: { type: "globalPool" } } } as const;
  const { logits } = forward(flat, x, { graph, precision, kernels, weight: () => weight });
  const map = graph.nodes.findLast(({ op }) => op === "Mean")!.inputs[0]!;
  const loss = op.sum(graph, logits, [0, 1]);
  const fetched = [op.cast(graph, map, "float32"), ...gradients(graph, loss, [x, weight], kernels)];
  const fetches = fetched.map((value, i) => op.identity(graph, value, `out/${name}/${i}`).node.name);
  const feeds = { [`images/${name}`]: raw(images), [`kernel/${name}`]: raw(kernel) };

  const [, rows, columns, filters] = map.shape as [number, number, number, number];
  const expected = (): Map<number, { value: number; scale: number }> =>
    new Map(
      Array.from({ length: filters }, (_, filter) => {
        const [row, column] = [Math.floor(next() * rows), Math.floor(next() * columns)];
        const at = { row, column, filter };
        const value = byDefinition({ layer, channels }, [height, width], images, kernel, at);
        return [(row * columns + column) * filters + filter, value];
      }),
    );
  return { feeds, fetches, expected };
}

/** One output cell, added up in double precision, and the size of its terms. */
function byDefinition(
  { layer, channels }: Shape,
  sides: readonly [number, number],
  images: Float32Array,
  kernel: Float32Array,
  at: { row: number; column: number; filter: number },
): { value: number; scale: number } {
  const [height, width] = sides;
  const { stride, padding } = layer;
  const last = layer.type === "conv" ? layer.filters : layer.multiplier;
  const deep = layer.type === "depthwise";
  const before = layer.kernel.map((side, axis) =>
    padding === "valid"
      ? 0
      : Math.floor(Math.max((Math.ceil(sides[axis]! / stride) - 1) * stride + side - sides[axis]!, 0) / 2),
  );
  let [value, squares] = [0, 0];
  for (let i = 0; i < layer.kernel[0]; i++)
    for (let j = 0; j < layer.kernel[1]; j++) {
      const [y, x] = [at.row * stride + i - before[0]!, at.column * stride + j - before[1]!];
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const inputs = deep ? [Math.floor(at.filter / last)] : Array(channels).keys();
      for (const channel of inputs) {
        const term =
          images[(y * width + x) * channels + channel]! *
          kernel[((i * layer.kernel[1] + j) * channels + channel) * last + (deep ? at.filter % last : at.filter)]!;
        value += term;
        squares += term ** 2;
      }
    }
  return { value, scale: Math.sqrt(squares) + 1 };
}
