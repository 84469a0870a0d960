// The project's own kernels for filter gradients against TensorFlow's, on maps of more pixels and channels than it takes at once.
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { ableSides, nameOf, type Side, type Task } from "../../src/graph/kernels.ts";
import * as op from "../../src/graph/operations.ts";
import type { Window } from "../../src/network/layer.ts";
import { features } from "../../src/runtime/features.ts";
import { window } from "./operation-cases.ts";
import { distance, random, run, sameBits } from "./run.ts";

/** TensorFlow's, and by each side that is able to compute it, twice. */
function filterGradients(map: readonly number[], filters: number, of: Window): Record<string, Float32Array[]> {
  const filter = [...of.kernel, map[3]!, filters];
  const task: Task = { pass: "filter", dtype: "float32", input: map, filter, stride: of.stride };
  const inputs = { x: random(map, 1), kernel: random(filter, 2) };
  const sides = ableSides(task);
  const found = run<string, string>(inputs, (graph, { x, kernel }) => {
    const y = op.conv2d(graph, x!, kernel!, of);
    const loss = op.sum(graph, op.multiply(graph, y, y), [0, 1, 2, 3]);
    const by = (side: Side) => gradients(graph, loss, [kernel!], { [nameOf(task)]: side })[0]!;
    return Object.fromEntries(sides.flatMap((side) => [0, 1].map((turn) => [`${side}${turn}`, by(side)])));
  });
  return Object.fromEntries(sides.map((side) => [side, [0, 1].map((turn) => found[`${side}${turn}`]!.data)]));
}

/** Matrix registers multiply float32 as two parts of bfloat16 each. */
const ofPlain = features().includes("amx_bf16") ? 1.2e-5 : 2e-6;

function agree({ tensorflow, plain, fast }: Record<string, Float32Array[]>, what?: string): void {
  expect(distance(plain![0]!, tensorflow![0]!), what).toBeLessThan(ofPlain);
  if (fast) expect(distance(fast[0]!, tensorflow![0]!), what).toBeLessThan(1e-5);
  for (const [once, again] of [plain!, fast ?? plain!]) expect(sameBits(again!, once!), what).toBe(true);
}

test.each([
  ["rows wider than one stretch of pixels", [1, 4, 700, 3], 5, window([3, 3], 1, "same")],
  ["many pictures in one stretch", [40, 3, 3, 7], 17, window([3, 3], 1, "same")],
  ["more channels than are taken at once", [2, 20, 20, 300], 33, window([1, 3], 1, "same")],
  ["every other row and column", [3, 35, 34, 13], 48, window([3, 3], 2, "valid")],
  ["the first layer", [2, 75, 75, 3], 32, window([7, 7], 2, "same")],
  ["several blocks of channels and of filters", [3, 12, 12, 200], 210, window([3, 3], 1, "same")],
  ["several parts of the tiles", [2, 60, 61, 5], 6, window([3, 1], 1, "valid")],
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
