// The project's own kernel for filter gradients against TensorFlow's, on maps of more pixels and channels than it takes at once.
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import * as op from "../../src/graph/operations.ts";
import type { Window } from "../../src/network/layer.ts";
import { window } from "./operation-cases.ts";
import { distance, random, run, sameBits } from "./run.ts";

const sides: Kernels[] = ["tensorflow", "own", "own"];

/** TensorFlow's, ours, and ours again. */
function filterGradients(map: readonly number[], filters: number, of: Window): Float32Array[] {
  const inputs = { x: random(map, 1), kernel: random([...of.kernel, map[3]!, filters], 2) };
  const found = run<string, string>(inputs, (graph, { x, kernel }) => {
    const y = op.conv2d(graph, x!, kernel!, of);
    const loss = op.sum(graph, op.multiply(graph, y, y), [0, 1, 2, 3]);
    return Object.fromEntries(sides.map((side, i) => [`${i}`, gradients(graph, loss, [kernel!], side)[0]!]));
  });
  return sides.map((_, i) => found[`${i}`]!.data);
}

function agree([theirs, ours, again]: Float32Array[], what?: string): void {
  expect(distance(ours!, theirs!), what).toBeLessThan(2e-6);
  expect(sameBits(again!, ours!), what).toBe(true);
}

test.each([
  ["rows wider than one stretch of pixels", [1, 4, 700, 3], 5, window([3, 3], 1, "same")],
  ["many pictures in one stretch", [40, 3, 3, 7], 17, window([3, 3], 1, "same")],
  ["more channels than are taken at once", [2, 20, 20, 300], 33, window([1, 3], 1, "same")],
  ["every other row and column", [3, 35, 34, 13], 48, window([3, 3], 2, "valid")],
  ["the first layer", [2, 75, 75, 3], 32, window([7, 7], 2, "same")],
  ["one pixel each", [5, 1, 1, 9], 16, window([1, 1], 1, "same")],
  ["a filter larger than the map", [2, 3, 2, 4], 6, window([7, 5], 1, "same")],
] as const)("%s", (_, map, filters, of) => agree(filterGradients(map, filters, of)));

test("any convolution", () => {
  const any = fc.record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
    more: fc.tuple(fc.nat(40), fc.nat(40)),
    batch: fc.integer({ min: 1, max: 4 }),
    channels: fc.integer({ min: 1, max: 40 }),
    filters: fc.integer({ min: 1, max: 40 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.constantFrom("same" as const, "valid" as const),
  });
  fc.assert(
    fc.property(any, ({ kernel, more, batch, channels, filters, stride, padding }) => {
      const map = [batch, kernel[0] + more[0], kernel[1] + more[1], channels];
      const of = window(kernel, stride, padding);
      agree(filterGradients(map, filters, of), JSON.stringify({ map, filters, of }));
    }),
    { numRuns: 40, seed: 3 },
  );
});
