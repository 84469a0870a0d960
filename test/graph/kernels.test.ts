import fc from "fast-check";
import { expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.ts";
import { ableSides, nameOf, type Side, sideOf, type Task } from "../../src/graph/kernels.ts";
import type { Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { ownConv2d } from "../../src/graph/own-convolution.ts";
import { needs } from "../needs.ts";
import { window } from "./operation-cases.ts";
import { distance, random, run } from "./run.ts";

const task: Task = { pass: "filter", dtype: "float32", input: [8, 35, 35, 64], filter: [3, 3, 64, 96], stride: 1 };
const like = (...changes: Partial<Task>[]): Task => Object.assign({}, task, ...changes);

test.each([
  ["the fast one where there are matrices", task, "fast"],
  ["plain sums of any other size", like({ filter: [3, 5, 64, 96] }), "plain"],
  ["and of a stride", like({ stride: 2 }), "plain"],
  ["and of few channels", like({ input: [8, 35, 35, 15], filter: [3, 3, 15, 96] }), "plain"],
  ["and of few places", like({ input: [3, 9, 9, 64] }), "plain"],
  ["in bfloat16 for filters with two sides", like({ dtype: "bfloat16" }), "fast"],
  ["and many places", like({ dtype: "bfloat16", input: [8, 8, 8, 64] }), "plain"],
  ["not with one side", like({ dtype: "bfloat16", filter: [1, 7, 64, 96] }), "plain"],
  ["forward", like({ pass: "forward", dtype: "bfloat16", filter: [1, 7, 64, 96] }), "fast"],
  ["TensorFlow where there is nothing fast", like({ pass: "input", stride: 2 }), "tensorflow"],
] as const)("own: %s", (_, of, side) => {
  expect([sideOf("own", of), sideOf("tensorflow", of)]).toEqual([side, "tensorflow"]);
});

test("a table decides for those that it names, by a side that is able to", () => {
  const of = like({ filter: [1, 1, 64, 96] });
  expect(nameOf(of)).toBe("filter float32 8x35x35x64 1x1x96/1");
  expect(sideOf({ [nameOf(of)]: "tensorflow" }, of)).toBe("tensorflow");
  expect(sideOf({ [nameOf(of)]: "fast" }, of)).toBe("plain");
  expect(sideOf({ [nameOf(of)]: "tensorflow" }, task)).toBe("fast");
});

/** A side for each pass by chance, whoever computed the convolution. */
test("any mixture of sides gives the same gradients", needs("avx2"), () => {
  const any = fc.record({
    kernel: fc.constantFrom([3, 3], [1, 7], [3, 1], [1, 1]) as fc.Arbitrary<[number, number]>,
    padding: fc.constantFrom("same" as const, "valid" as const, { rows: [0, 2], columns: [2, 1] } as const),
    more: fc.tuple(fc.nat(9), fc.nat(9)),
    by: fc.constantFrom("tensorflow", "plain", "fast"),
    chances: fc.tuple(fc.nat(), fc.nat()),
  });
  fc.assert(
    fc.property(any, ({ kernel, padding, more, by, chances }) => {
      const map = [2, kernel[0] + more[0] + 2, kernel[1] + more[1] + 2, 5];
      const inputs = { x: random(map, 1), kernel: random([...kernel, 5, 6], 2) };
      const of = window(kernel, 1, padding);
      const chosen = (["input", "filter"] as const).map((pass, i): [string, Side] => {
        const one: Task = { pass, dtype: "float32", input: map, filter: [...kernel, 5, 6], stride: 1 };
        const able = ableSides(one);
        return [nameOf(one), able[chances[i]! % able.length]!];
      });
      const found = run<string, string>(inputs, (graph, { x, kernel: filter }) => {
        const plainly = op.conv2d(graph, x!, filter!, of);
        const y =
          by === "tensorflow" ? plainly : ownConv2d(graph, x!, filter!, of, kernel.join() === "1,1" ? "plain" : by);
        const loss = (value: Value) => op.sum(graph, op.multiply(graph, value, plainly), [0, 1, 2, 3]);
        const [dx, dFilter] = gradients(graph, loss(y), [x!, filter!], Object.fromEntries(chosen));
        const [theirDx, theirDFilter] = gradients(graph, loss(plainly), [x!, filter!]);
        return { dx: dx!, dFilter: dFilter!, theirDx: theirDx!, theirDFilter: theirDFilter! };
      });
      const what = JSON.stringify({ map, kernel, padding, by, chosen });
      expect(distance(found.dx!.data, found.theirDx!.data), what).toBeLessThan(1e-5);
      expect(distance(found.dFilter!.data, found.theirDFilter!.data), what).toBeLessThan(1e-5);
    }),
    { numRuns: 40, seed: 4 },
  );
});
