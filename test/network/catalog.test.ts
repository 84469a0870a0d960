import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import { widen } from "../../src/network/unit.ts";
import { anyOptions, square, v2, v3 } from "./examples.ts";

const child = (layer: Layer, name: string): Layer => {
  if (layer.type !== "chain" && layer.type !== "concat") throw new Error(`${layer.type} has no children`);
  return layer.children[name]!;
};
const branchesOf = (network: Layer, block: string): string[] => {
  const layer = child(network, block);
  return layer.type === "concat" ? Object.keys(layer.children) : [];
};
const convolutions = (network: Layer, branch: string): (string | number)[][] =>
  trace(network, square(299)).flatMap(({ path, layer }) =>
    layer.type === "conv" && path.startsWith(`${branch}/`) ? [[layer.kernel.join("x"), layer.filters]] : [],
  );

describe("concat order", () => {
  const network = buildNetwork(v3);

  it.each([
    ["Mixed_5b", ["b1x1", "b5x5", "b3x3dbl", "pool"]],
    ["Mixed_6a", ["b3x3", "b3x3dbl", "pool"]],
    ["Mixed_6b", ["b1x1", "b7x7", "b7x7dbl", "pool"]],
    ["Mixed_7a", ["b3x3", "b7x7x3", "pool"]],
    ["Mixed_7b", ["b1x1", "b3x3", "b3x3dbl", "pool"]],
  ])("%s", (block, branches) => {
    expect(branchesOf(network, block)).toEqual(branches);
  });

  it("the expanded banks join 1x3 before 3x1", () => {
    const fan = child(child(child(network, "Mixed_7b"), "b3x3"), "1");
    expect(fan.type === "concat" && Object.keys(fan.children)).toEqual(["1x3", "3x1"]);
  });

  it("the factorized branches start across, the double one down (height x width)", () => {
    expect(convolutions(network, "Mixed_6b/b7x7")).toEqual([
      ["1x1", 128],
      ["1x7", 128],
      ["7x1", 192],
    ]);
    expect(convolutions(network, "Mixed_6b/b7x7dbl")).toEqual([
      ["1x1", 128],
      ["7x1", 128],
      ["1x7", 128],
      ["7x1", 128],
      ["1x7", 192],
    ]);
  });
});

describe("the auxiliary head", () => {
  const head = (size?: number) =>
    trace(buildNetwork(v3, size), square(size ?? 299))
      .filter(({ auxiliary }) => auxiliary)
      .flatMap(({ layer }) => ("kernel" in layer ? [[layer.type, layer.kernel[0], layer.stride]] : []));

  it("is the paper's at full size, whether the size is given or not", () => {
    expect(buildNetwork(v3, 299)).toEqual(buildNetwork(v3));
    expect(head()).toEqual([
      ["averagePool", 5, 3],
      ["conv", 1, 1],
      ["conv", 5, 1],
    ]);
  });

  it.each([
    [107, 5, 3, 1],
    [75, 3, 3, 1],
    [224, 5, 3, 3],
  ])("shrinks with the grid: %i px", (size, pool, stride, kernel) => {
    expect(head(size)).toEqual([
      ["averagePool", pool, stride],
      ["conv", 1, 1],
      ["conv", kernel, 1],
    ]);
  });

  it("has batch norm on both convolutions, on the first only, or is not there", () => {
    const norms = (auxiliary: "bn" | "conv-norm" | "off") =>
      trace(buildNetwork({ ...v2, auxiliary }), square(299))
        .filter((step) => step.auxiliary)
        .map(({ layer }) => layer.type)
        .filter((type) => type === "batchNorm" || type === "bias");
    expect(norms("bn")).toEqual(["batchNorm", "batchNorm"]);
    expect(norms("conv-norm")).toEqual(["batchNorm", "bias"]);
    expect(norms("off")).toEqual([]);
  });
});

describe("every combination of switches", () => {
  it("at any larger size ends in one probability for each class, from both heads", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer({ min: 130, max: 600 }), (options, size) => {
        const ends = endpoints(buildNetwork(options, size), square(size));
        const logits = { height: 1, width: 1, channels: options.classes };
        expect(ends.get("Logits")).toEqual(logits);
        expect(ends.get("AuxLogits")).toEqual(options.auxiliary === "off" ? undefined : logits);
      }),
      { numRuns: 50 },
    );
  });

  it("gives branches of one grid to every concat", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer({ min: 130, max: 400 }), (options, size) => {
        const network = buildNetwork(options, size);
        const last = (prefix: string) =>
          trace(network, square(size)).findLast(({ path }) => path.startsWith(`${prefix}/`) || path === prefix)!.output;
        const blocks = [...endpoints(network, square(size)).keys()].filter((stage) => stage.startsWith("Mixed"));
        for (const block of blocks.filter((name) => child(network, name).type === "concat")) {
          const grids = branchesOf(network, block).map((branch) => last(`${block}/${branch}`));
          expect(new Set(grids.map(({ height, width }) => `${height}x${width}`)).size).toBe(1);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe("widen", () => {
  it.each([
    [64, 1, 64],
    [64, 0.125, 16],
    [48, 0.5, 24],
    [64, 0.55, 36],
    [80, 0.3, 24],
  ])("%i filters, width %d: %i", (filters, width, expected) => {
    expect(widen(filters, width)).toBe(expected);
  });

  it("is even, at least 16, and at most one above the plain product", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 1000 }),
        fc.double({ min: 0.01, max: 4, noNaN: true }),
        (filters, width) => {
          const wide = widen(filters, width);
          expect(wide % 2).toBe(0);
          expect(wide).toBeGreaterThanOrEqual(16);
          expect(wide).toBeLessThanOrEqual(Math.max(16, filters * width + 1));
        },
      ),
    );
  });
});
