// GoogLeNet and BN-Inception: order of branches, what follows a convolution, heads at any size.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { NetworkOptions } from "../../src/network/options.ts";
import { anyNetwork, bnInception, googLeNet, square } from "./examples.ts";

const steps = (options: NetworkOptions, size = 224) => trace(buildNetwork(options, size), square(size));
const branches = (network: Layer, block: string): string[] => {
  const layer = network.type === "chain" && network.children[block];
  return layer && layer.type === "concat" ? Object.keys(layer.children) : [];
};
const windows = (options: NetworkOptions, within: string) =>
  steps(options).flatMap(({ path, layer }) =>
    path.startsWith(`${within}/`) && "kernel" in layer
      ? [`${layer.type} ${layer.kernel.join("x")}/${layer.stride}${layer.type === "conv" ? ` ${layer.filters}` : ""}`]
      : [],
  );

describe("GoogLeNet", () => {
  it("joins 1x1, 3x3, 5x5 and the pool's projection, each after its reduction", () => {
    expect(branches(buildNetwork(googLeNet), "Mixed_3b")).toEqual(["b1x1", "b3x3", "b5x5", "pool"]);
    expect(windows(googLeNet, "Mixed_3b")).toEqual([
      "conv 1x1/1 64",
      "conv 1x1/1 96",
      "conv 3x3/1 128",
      "conv 1x1/1 16",
      "conv 5x5/1 32",
      "maxPool 3x3/1",
      "conv 1x1/1 32",
    ]);
  });

  it("normalizes responses after the first pool and before the second, as Caffe's model does", () => {
    const stem = steps(googLeNet).slice(0, 12);
    expect(stem.map(({ layer }) => layer.type).join(" ")).toBe(
      "conv bias relu maxPool responseNorm conv bias relu conv bias relu responseNorm",
    );
    expect(stem[4]!.layer).toEqual({ type: "responseNorm", size: 5, alpha: 0.0001, beta: 0.75 });
  });

  it("has a bias after every convolution, and batch norm nowhere", () => {
    const layers = steps(googLeNet).map(({ layer }) => layer.type);
    expect(layers.filter((type) => type === "conv")).toHaveLength(57 + 4);
    layers.forEach((type, i) => {
      if (type === "conv") expect(layers.slice(i + 1, i + 3)).toEqual(["bias", "relu"]);
    });
    expect(layers).not.toContain("batchNorm");
  });

  it("drops 40% before its classifier and 70% before those of its heads", () => {
    const rates = steps(googLeNet).flatMap(({ path, layer }) =>
      layer.type === "dropout" ? [[path.split("/")[0], layer.rate]] : [],
    );
    expect(rates).toEqual([
      ["AuxLogits_4b", 0.7],
      ["AuxLogits_4e", 0.7],
      ["Logits", 0.4],
    ]);
  });

  it.each([
    [224, 5, 4],
    [128, 5, 2],
    [64, 4, 1],
    [32, 2, 1],
    [16, 1, 1],
    [448, 5, 4],
  ])("its heads shrink with the grid: at %i px a %ix%i pool", (size, pool, kernel) => {
    const head = steps(googLeNet, size).filter(({ path }) => path.startsWith("AuxLogits_4b/"));
    const sides = head.flatMap(({ layer }) => ("kernel" in layer ? [layer.kernel[0]] : []));
    expect(sides).toEqual([pool, 1, kernel]);
  });
});

describe("BN-Inception", () => {
  it("joins 1x1, 3x3, double 3x3 and the pool's projection; its reductions pass the pooled input on", () => {
    const network = buildNetwork(bnInception);
    expect(branches(network, "Mixed_4b")).toEqual(["b1x1", "b3x3", "b3x3dbl", "pool"]);
    expect(branches(network, "Mixed_4a")).toEqual(["b3x3", "b3x3dbl", "pool"]);
    expect(windows(bnInception, "Mixed_4a")).toEqual([
      "conv 1x1/1 128",
      "conv 3x3/2 160",
      "conv 1x1/1 64",
      "conv 3x3/1 96",
      "conv 3x3/2 96",
      "maxPool 3x3/2",
    ]);
  });

  it("has batch norm after every convolution, once after the separable one", () => {
    const layers = steps(bnInception).map(({ layer }) => layer.type);
    expect(layers.slice(0, 4)).toEqual(["depthwise", "conv", "batchNorm", "relu"]);
    layers.forEach((type, i) => {
      if (type === "conv") expect(layers[i + 1]).toBe("batchNorm");
    });
  });
});

describe.each([googLeNet, bnInception])("$name at 224 px", (options) => {
  it("halves even grids only, where padding at the end is what a pool that rounds up does", () => {
    const halving = steps(options).filter(({ layer }) => layer.type === "maxPool" && layer.stride === 2);
    expect(halving.map(({ input }) => input.height)).toEqual([112, 56, 28, 14]);
  });
});

it("every network ends in one probability for each class, at any size and whatever the switches", () => {
  fc.assert(
    fc.property(anyNetwork, fc.integer({ min: 130, max: 400 }), (options, size) => {
      const ends = endpoints(buildNetwork(options, size), square(size));
      const heads = [...ends].filter(([stage]) => /Logits/.test(stage));
      expect(heads.at(-1)![0]).toBe("Logits");
      for (const [, shape] of heads) expect(shape).toEqual({ height: 1, width: 1, channels: options.classes });
    }),
    { numRuns: 60 },
  );
});
