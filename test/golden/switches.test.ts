// The cost of every switch of the blocks, against the released V3: derived by hand to the unit, and as printed elsewhere.
import { describe, expect, it } from "vitest";
import { cost } from "../../src/interpret/cost.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { square, v3 } from "../network/examples.ts";

/** Weights more (or fewer) on each grid, in the dense layer, and channels of batch norm. */
type Change = { on35?: number; on17?: number; on8?: number; dense?: number; channels?: number };
/** Millions of parameters and billions of multiply-adds, as printed; undefined where the form is our own. */
type Printed = [parameters: number, multiplyAdds: number] | undefined;

const released = { parameters: 23_834_568, multiplyAdds: 5_713_216_096 };
/** How often each weight is multiplied, and how many values each thing has: batch norm's gamma and beta. */
const cells = { on35: 35 ** 2, on17: 17 ** 2, on8: 8 ** 2, dense: 1, channels: 0 };
const values = { on35: 1, on17: 1, on8: 1, dense: 1, channels: 2 };

const weighted = (changes: readonly Change[], factors: Required<Change>) =>
  changes
    .flatMap((change) => Object.entries(change))
    .reduce((sum, [key, count]) => sum + count * factors[key as keyof Change], 0);

/** What the parallel reductions have, each convolution on the grid that it writes (section 5). */
const parallel35 = { on35: 288 * 64 + 9 * 64 * 96, on17: 9 * 288 * 384 + 9 * 96 * 96, channels: 384 + 64 + 96 + 96 };
const parallel17 = {
  on17: 2 * 768 * 192 + 2 * 7 * 192 * 192,
  on8: 9 * 192 * 320 + 9 * 192 * 192,
  channels: 4 * 192 + 320 + 192,
};
const to768 = 9 * 288 * 768;
const to1280 = 9 * 768 * 1280;
const poolConv35 = { on35: -parallel35.on35, on17: to768 - parallel35.on17, channels: 768 - parallel35.channels };
const convPool35 = { on35: to768 - parallel35.on35, on17: -parallel35.on17, channels: 768 - parallel35.channels };
const poolConv17 = { on17: -parallel17.on17, on8: to1280 - parallel17.on8, channels: 1280 - parallel17.channels };
const convPool17 = { on17: to1280 - parallel17.on17, on8: -parallel17.on8, channels: 1280 - parallel17.channels };

/** Summed over the four 17 x 17 blocks, whose inner maps are 128, 160, 160, 192. */
const overBlocks = (weights: (inner: number) => number) =>
  [128, 160, 160, 192].reduce((sum, inner) => sum + weights(inner), 0);
/** Weights of the two factorized branches for each unit of n, and of the two whole ones for each unit of n^2. */
const asymmetricPerN = overBlocks((inner) => 4 * inner * inner + 2 * inner * 192);
const wholePerN2 = overBlocks((inner) => inner * inner + 2 * inner * 192);
const wholeChannels = -overBlocks((inner) => 3 * inner);

/** The 8 x 8 blocks with 1280 maps for 2048: what the second block and the classifier read. */
const fewerMaps = { on8: -768 * (320 + 384 + 448 + 192), dense: -768 * 1000 };

const rows: [name: string, changes: Partial<InceptionV3Options>, printed: Printed, ...change: Change[]][] = [
  ["released", {}, [23.83, 5.713], {}],
  ["pool, then convolution", { reduction: "pool-conv" }, [31.83, 6.162], poolConv35, poolConv17],
  ["convolution, then pool", { reduction: "conv-pool" }, [31.83, 10.016], convPool35, convPool17],
  ["pool first, 35 to 17 only", { reduction: "pool-conv", reductionAt: 35 }, [24.67, 5.887], poolConv35],
  ["convolution first, 35 to 17 only", { reduction: "conv-pool", reductionAt: 35 }, [24.67, 7.75], convPool35],
  ["pool first, 17 to 8 only", { reduction: "pool-conv", reductionAt: 17 }, [30.99, 5.988], poolConv17],
  ["convolution first, 17 to 8 only", { reduction: "conv-pool", reductionAt: 17 }, [30.99, 7.979], convPool17],
  ["average pools", { reductionPool: "avg" }, [23.83, 5.713], {}],
  ["linear factorization", { factorActivation: "linear" }, [23.83, 5.713], {}],
  ["linear 1x1 reductions", { reduceActivation: "linear" }, [23.83, 5.713], {}],
  ["figure 5", { block35: "fig5" }, [23.69, 5.533], { on35: 3 * -16 * 48 * 64 }],
  [
    "unfactorized 5x5",
    { block35: "unfactorized" },
    [23.73, 5.589],
    { on35: 3 * -16 * 48 * 64, channels: 3 * -96 },
    { on35: 3 * (25 * 64 * 96 - 9 * 64 * 96 - 9 * 96 * 96) },
  ],
  [
    "asymmetric on 35",
    { block35: "asymmetric" },
    [23.53, 5.338],
    { on35: 3 * (5 * 48 * (48 + 64) - 25 * 48 * 64), channels: 3 * 48 },
    { on35: 3 * (3 * 64 * (64 + 96) - 9 * 64 * 96), channels: 3 * 64 },
    { on35: 3 * (3 * 96 * (96 + 96) - 9 * 96 * 96), channels: 3 * 96 },
  ],
  ["1x3 and 3x1", { block17: "asym3" }, [21.18, 4.946], { on17: (3 - 7) * asymmetricPerN }],
  ["1x5 and 5x1", { block17: "asym5" }, [22.51, 5.33], { on17: (5 - 7) * asymmetricPerN }],
  [
    "whole 3x3",
    { block17: "dense3" },
    [22.34, 5.282],
    { on17: 9 * wholePerN2 - 7 * asymmetricPerN, channels: wholeChannels },
  ],
  [
    "whole 7x7",
    { block17: "dense7" },
    [36.35, 9.33],
    { on17: 49 * wholePerN2 - 7 * asymmetricPerN, channels: wholeChannels },
  ],
  [
    "plain 8 x 8 blocks: expansion is free",
    { block8: "plain" },
    [23.8, 5.76],
    { on8: 4 * (9 - 6) * 384 * 384, channels: 4 * -384 },
    fewerMaps,
  ],
  ["wide 8 x 8 blocks", { block8: "wide" }, [30.91, 6.166], { on8: 4 * (2 * 9 - 6) * 384 * 384 }],
  [
    "asymmetric on 8",
    { block8: "asymmetric" },
    undefined,
    { channels: 2 * 448, on8: 2 * (3 * 448 * (448 + 384) - 9 * 448 * 384) },
    fewerMaps,
  ],
  ["five 17 x 17 blocks", { nBlocks17: 5 }, [25.53, 6.201], { on17: 1_687_552, channels: 1_728 }],
];

describe("the cost of a switch on the released V3", () => {
  it.each(rows)("%s", (_name, changes, printed, ...change) => {
    const found = cost(buildNetwork({ ...v3, ...changes }, 299), square(299));
    expect(found.parameters - released.parameters).toBe(weighted(change, values));
    expect(found.multiplyAdds - released.multiplyAdds).toBe(weighted(change, cells));
    if (printed === undefined) return;
    expect(found.parameters / 1e6).toBeCloseTo(printed[0], 2);
    expect(found.multiplyAdds / 1e9).toBeCloseTo(printed[1], 3);
  });
});

describe("auxiliary heads", () => {
  it.each<[InceptionV3Options["auxiliary"], number, number]>([
    ["off", 0, 0],
    ["bn", 3_326_696, 5_683_200],
    ["conv-norm", 3_326_696 - 768, 5_683_200],
    ["dropout", 3_326_696 - 768, 5_683_200],
    ["no-norm", 3_326_696 - 768 - 128, 5_683_200],
  ])("%s: %i parameters, %i multiply-adds", (auxiliary, parameters, multiplyAdds) => {
    const found = cost(buildNetwork({ ...v3, auxiliary }, 299), square(299));
    expect(found.training.parameters - found.parameters).toBe(parameters);
    expect(found.training.multiplyAdds - found.multiplyAdds).toBe(multiplyAdds);
  });
});
