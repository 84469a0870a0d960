// Weight decay as a part of the gradient: by TensorFlow's operations and by the project's own, and where there is none.
import { expect, test } from "vitest";
import type { Rule } from "../../src/graph/kernels.ts";
import * as op from "../../src/graph/operations.ts";
import { withWeightDecay } from "../../src/graph/weight-decay.ts";
import { needs } from "../needs.ts";
import { distance, random, run } from "./run.ts";
import { ownKernelsRun } from "./step.ts";

const rules: readonly Rule[] = ownKernelsRun ? ["tensorflow", "own"] : ["tensorflow"];
const weightDecay = 0.25;
const sizes = { kernels: 70_001, scalars: 33 };

function decayed(kernels: Rule, how: { decayed: "kernels" | "all"; decoupled: boolean }, { kernels: size } = sizes) {
  const vectors = { w: random([size], 1), g: random([size], 2), v: random([33], 3), h: random([33], 4) };
  const found = run<string, string>(vectors, (graph, { w, g, v, h }) => {
    const pulled = withWeightDecay(
      graph,
      { kernels: w!, scalars: v! },
      { kernels: g!, scalars: h! },
      {
        ...{ weightDecay, kernels, ...how },
      },
    );
    const [a, b] = pulled.halfSquares;
    return { kernels: pulled.gradient.kernels, scalars: pulled.gradient.scalars, cost: pulled.cost, a: a!, b: b! };
  });
  return { vectors, found: (name: string) => found[name]!.data as Float32Array };
}

const half = (numbers: Float32Array): number => numbers.reduce((sum, x) => sum + x * x, 0) / 2;

test.each(rules)("%s: the pull of what decays, its cost, and half the squares", (rule) => {
  for (const how of ["kernels", "all"] as const) {
    const { vectors, found } = decayed(rule, { decayed: how, decoupled: false });
    const [w, g, v, h] = ["w", "g", "v", "h"].map(
      (name) => vectors[name as "w"].data as Float32Array,
    ) as Float32Array[];
    const ofScalars = how === "all" ? weightDecay : 0;
    const expected = {
      kernels: g!.map((x, i) => x + 0.25 * w![i]!),
      scalars: h!.map((x, i) => x + ofScalars * v![i]!),
    };
    for (const group of ["kernels", "scalars"] as const)
      for (const [i, x] of found(group).entries()) expect(Math.abs(x - expected[group][i]!)).toBeLessThan(1e-6);
    expect(found("cost")[0]).toBeCloseTo(weightDecay * half(w!) + ofScalars * half(v!), 1);
    expect(found("a")[0]! / half(expected.kernels)).toBeCloseTo(1, 5);
    expect(found("b")[0]! / half(expected.scalars)).toBeCloseTo(1, 5);
  }
});

test.each(rules)("%s: decoupled, the gradient is left as it is and costs nothing", (rule) => {
  const { vectors, found } = decayed(rule, { decayed: "all", decoupled: true });
  expect(found("kernels")).toEqual(vectors.g.data);
  expect([...found("cost")]).toEqual([0]);
});

test.each(rules)("%s: nothing to pull", (rule) => {
  const { found } = decayed(rule, { decayed: "kernels", decoupled: false }, { ...sizes, kernels: 0 });
  expect([found("kernels").length, found("cost")[0], found("a")[0]]).toEqual([0, 0, 0]);
});

test("a gradient is read where its parts lie", needs("avx2"), () => {
  const sizes = [3, 40_000, 17];
  const vectors = Object.fromEntries(sizes.map((size, i) => [`g${i}`, random([size], i)]));
  const w = random([sizes.reduce((a, b) => a + b)], 5);
  const { joined, alone } = run<string, string>({ ...vectors, w }, (graph, values) => {
    const parts = sizes.map((_, i) => values[`g${i}`]!);
    const whole = op.joinVectors(graph, parts);
    const by = (kernels: Rule) => {
      const none = { kernels: values.w!, scalars: op.filled(graph, [0], 0) };
      const gradient = { kernels: whole, scalars: none.scalars };
      const how = { weightDecay, kernels, decayed: "kernels", decoupled: false } as const;
      return withWeightDecay(graph, none, gradient, how).gradient.kernels;
    };
    const joined = by("own");
    expect(joined.node.inputs.slice(0, 3)).toEqual(parts);
    return { joined, alone: by("tensorflow") };
  });
  expect(distance(joined!.data, alone!.data)).toBeLessThan(1e-7);
});
