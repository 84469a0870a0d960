// What each switch changes in the tree, and that it changes nothing else.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { isReleased, releasedSwitches, type Switches } from "../../src/network/switches.ts";
import { anySwitches, square, v3 } from "./examples.ts";

const stepsOf = (changes: Partial<InceptionV3Options>) => trace(buildNetwork({ ...v3, ...changes }, 299), square(299));
/** "1x7 128" for each convolution of a branch, "linear" after those without a ReLU. */
const branch = (changes: Partial<InceptionV3Options>, path: string) => {
  const steps = stepsOf(changes).filter((step) => step.path.startsWith(`${path}/`));
  return steps.flatMap(({ path, layer }) => {
    if (layer.type !== "conv") return [];
    const unit = path.slice(0, path.lastIndexOf("/"));
    const active = steps.some((step) => step.path === `${unit}/relu`);
    return [`${layer.kernel.join("x")} ${layer.filters}${active ? "" : " linear"}`];
  });
};

describe("released switches", () => {
  it("are what a network has that names none", () => {
    expect(buildNetwork({ ...v3, ...releasedSwitches }, 299)).toEqual(buildNetwork(v3, 299));
  });

  it("are told from all others", () => {
    fc.assert(
      fc.property(anySwitches, (switches) => {
        const same = JSON.stringify({ ...releasedSwitches, ...switches }) === JSON.stringify(releasedSwitches);
        expect(isReleased(switches)).toBe(same);
      }),
    );
    expect(isReleased({})).toBe(true);
  });
});

describe("branches", () => {
  it.each<[Partial<Switches>, string, string[]]>([
    [{ block35: "fig5" }, "Mixed_5b/b3x3", ["1x1 48", "3x3 64"]],
    [{ block35: "fig5" }, "Mixed_5b/b3x3dbl", ["1x1 64", "3x3 96", "3x3 96"]],
    [{ block35: "unfactorized" }, "Mixed_5d/b3x3", ["1x1 48", "3x3 64"]],
    [{ block35: "unfactorized" }, "Mixed_5d/b5x5", ["1x1 64", "5x5 96"]],
    [{ block35: "asymmetric" }, "Mixed_5c/b5x5", ["1x1 48", "1x5 48", "5x1 64"]],
    [{ block35: "asymmetric" }, "Mixed_5c/b3x3dbl", ["1x1 64", "1x3 64", "3x1 96", "1x3 96", "3x1 96"]],
    [{ block17: "asym3" }, "Mixed_6b/b3x3", ["1x1 128", "1x3 128", "3x1 192"]],
    [{ block17: "asym5" }, "Mixed_6e/b5x5dbl", ["1x1 192", "5x1 192", "1x5 192", "5x1 192", "1x5 192"]],
    [{ block17: "dense7" }, "Mixed_6c/b7x7", ["1x1 160", "7x7 192"]],
    [{ block17: "dense3" }, "Mixed_6c/b3x3dbl", ["1x1 160", "3x3 160", "3x3 192"]],
    [{ block8: "plain" }, "Mixed_7b/b3x3", ["1x1 384", "3x3 384"]],
    [{ block8: "wide" }, "Mixed_7c/b3x3dbl", ["1x1 448", "3x3 384", "3x3 768"]],
    [{ block8: "asymmetric" }, "Mixed_7c/b3x3dbl", ["1x1 448", "1x3 448", "3x1 384", "1x3 384", "3x1 384"]],
    [{ reduction: "pool-conv" }, "Mixed_6a", ["3x3 768"]],
    [{ reduction: "conv-pool", reductionAt: 35 }, "Mixed_7a/b3x3", ["1x1 192", "3x3 320"]],
  ])("%j: %s", (changes, path, convolutions) => {
    expect(branch(changes, path)).toEqual(convolutions);
  });
});

describe("linear activations", () => {
  it("follow the first convolution of each factorized pair, with batch norm", () => {
    const linear = { factorActivation: "linear" } as const;
    expect(branch(linear, "Mixed_5b/b3x3dbl")).toEqual(["1x1 64", "3x3 96 linear", "3x3 96"]);
    expect(branch(linear, "Mixed_5b/b5x5")).toEqual(["1x1 48", "5x5 64"]);
    expect(branch(linear, "Mixed_6b/b7x7")).toEqual(["1x1 128", "1x7 128 linear", "7x1 192"]);
    expect(branch(linear, "Mixed_6b/b7x7dbl")).toEqual([
      "1x1 128",
      "7x1 128 linear",
      "1x7 128",
      "7x1 128 linear",
      "1x7 192",
    ]);
    expect(branch({ ...linear, block17: "dense3" }, "Mixed_6b/b3x3dbl")).toEqual(["1x1 128", "3x3 128", "3x3 192"]);
  });

  it("or the 1x1 convolutions before larger ones, in blocks and reductions", () => {
    const linear = { reduceActivation: "linear" } as const;
    expect(branch(linear, "Mixed_5b")).toEqual([
      "1x1 64",
      "1x1 48 linear",
      "5x5 64",
      "1x1 64 linear",
      "3x3 96",
      "3x3 96",
      "1x1 32",
    ]);
    expect(branch(linear, "Mixed_7a/b3x3")).toEqual(["1x1 192 linear", "3x3 320"]);
  });

  it.each<[Partial<Switches>, number]>([
    [{}, 0],
    // Three blocks of one pair, four of three.
    [{ factorActivation: "linear" }, 3 + 4 * 3],
    // Two in each of nine blocks, one and two in the reductions.
    [{ reduceActivation: "linear" }, 9 * 2 + 1 + 2],
  ])("%j: %i fewer ReLUs than convolutions", (changes, missing) => {
    const count = (type: string) => stepsOf(changes).filter(({ layer }) => layer.type === type).length;
    expect([count("conv") - count("relu"), count("conv") - count("batchNorm")]).toEqual([missing, 0]);
  });
});

describe("reductions", () => {
  const order = (changes: Partial<Switches>, block: string) =>
    stepsOf(changes)
      .filter(({ path }) => path.startsWith(`${block}/`))
      .flatMap(({ layer, output }) => ("kernel" in layer ? [`${layer.type} ${output.height} ${output.channels}`] : []));

  it("pool first, or last", () => {
    expect(order({ reduction: "pool-conv" }, "Mixed_6a")).toEqual(["maxPool 17 288", "conv 17 768"]);
    expect(order({ reduction: "conv-pool" }, "Mixed_7a")).toEqual(["conv 17 1280", "maxPool 8 1280"]);
  });

  it.each([["parallel"], ["pool-conv"], ["conv-pool"]] as const)("average where told to: %s", (reduction) => {
    const pools = (reductionPool: "max" | "avg") =>
      [...order({ reduction, reductionPool }, "Mixed_6a"), ...order({ reduction, reductionPool }, "Mixed_7a")].filter(
        (step) => step.includes("Pool"),
      );
    expect(pools("avg")).toEqual(pools("max").map((pool) => pool.replace("max", "average")));
    expect(pools("max")).toHaveLength(2);
  });
});

describe("numbers of blocks", () => {
  it("give each stage its blocks, lettered on, and 17 x 17 its inner maps", () => {
    const stages = endpoints(buildNetwork({ ...v3, nBlocks35: 1, nBlocks17: 6, nBlocks8: 3 }, 299), square(299));
    expect(
      [...stages].filter(([stage]) => stage.startsWith("Mixed")).map(([stage, { channels }]) => [stage, channels]),
    ).toEqual([
      ["Mixed_5b", 256],
      ["Mixed_6a", 736],
      ...[..."bcdefg"].map((letter) => [`Mixed_6${letter}`, 768]),
      ["Mixed_7a", 1280],
      ...[..."bcd"].map((letter) => [`Mixed_7${letter}`, 2048]),
    ]);
    const inner = [..."bcdefg"].map((letter) => branch({ nBlocks17: 6 }, `Mixed_6${letter}/b7x7`)[0]);
    expect(inner).toEqual(["1x1 128", "1x1 160", "1x1 160", "1x1 160", "1x1 160", "1x1 192"]);
  });

  it("may all be the most", () => {
    const stages = endpoints(buildNetwork({ ...v3, nBlocks35: 20, nBlocks17: 20, nBlocks8: 20 }, 299), square(299));
    expect(stages.get("Mixed_7u")).toEqual({ height: 8, width: 8, channels: 2048 });
  });
});

describe("the auxiliary head with dropout", () => {
  it("drops GoogLeNet's share of its features just before the dense layer", () => {
    const head = stepsOf({ auxiliary: "dropout" }).filter(({ auxiliary }) => auxiliary);
    expect(head.map(({ layer }) => layer.type)).toEqual([
      "averagePool",
      "conv",
      "batchNorm",
      "relu",
      "conv",
      "bias",
      "relu",
      "globalPool",
      "dropout",
      "dense",
    ]);
    expect(head.find(({ layer }) => layer.type === "dropout")!.layer).toEqual({ type: "dropout", rate: 0.7 });
  });
});
