// Parameters and multiply-adds to the unit, as reference implementations have them.
import { describe, expect, it } from "vitest";
import { byStage, cost, groupCosts } from "../../src/interpret/cost.ts";
import { sizeOf, variables } from "../../src/interpret/parameters.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { square, v2, v3 } from "../network/examples.ts";

const costOf = (options: InceptionV3Options, size = 299) => cost(buildNetwork(options, size), square(size));
const variablesOf = (options: InceptionV3Options) => variables(buildNetwork(options, 299), square(299));
const count = (list: readonly { shape: readonly number[] }[]) => list.reduce((sum, one) => sum + sizeOf(one), 0);

describe("Inception-v3", () => {
  it("costs what torchvision, mmpretrain and TF-Slim say", () => {
    expect(costOf(v3)).toMatchObject({
      parameters: 23_834_568,
      multiplyAdds: 5_713_216_096,
      training: { parameters: 27_161_264, multiplyAdds: 5_718_899_296 },
    });
  });

  it.each([
    ["Conv2d_1a_3x3", 928, 19_181_664],
    ["Conv2d_2a_3x3", 9_280, 199_148_544],
    ["Conv2d_2b_3x3", 18_560, 398_297_088],
    ["MaxPool_3a_3x3", 0, 0],
    ["Conv2d_3b_1x1", 5_280, 27_284_480],
    ["Conv2d_4a_3x3", 138_624, 696_867_840],
    ["MaxPool_5a_3x3", 0, 0],
    ["Mixed_5b", 255_904, 312_345_600],
    ["Mixed_5c", 277_472, 338_688_000],
    ["Mixed_5d", 285_152, 348_096_000],
    ["Mixed_6a", 1_153_280, 401_937_408],
    ["Mixed_6b", 1_297_408, 374_063_104],
    ["Mixed_6c", 1_691_008, 487_702_528],
    ["Mixed_6d", 1_691_008, 487_702_528],
    ["Mixed_6e", 2_141_952, 617_914_368],
    ["AuxLogits", 3_326_696, 5_683_200],
    ["Mixed_7a", 1_698_304, 291_004_416],
    ["Mixed_7b", 5_044_608, 322_437_120],
    ["Mixed_7c", 6_076_800, 388_497_408],
    ["Logits", 2_049_000, 2_048_000],
  ])("%s: %i parameters, %i multiply-adds", (stage, parameters, multiplyAdds) => {
    const found = groupCosts(costOf(v3).layers, byStage).find(({ path }) => path === stage);
    expect(found).toMatchObject({ parameters, multiplyAdds });
  });

  it("has 94 convolutions, 96 with the auxiliary head, and 17,216 channels of batch norm", () => {
    const kernels = variablesOf(v3).filter(({ shape }) => shape.length === 4);
    const main = kernels.filter(({ auxiliary }) => !auxiliary);
    expect([main.length, kernels.length]).toEqual([94, 96]);
    expect(count(main)).toBe(21_751_136);
    expect(count(variablesOf(v3).filter(({ kind, auxiliary }) => kind === "beta" && !auxiliary))).toBe(17_216);
  });

  it("without learned scale counts as Keras and TF-Slim do", () => {
    const slim = variablesOf({ ...v3, bnScale: false });
    const main = slim.filter(({ auxiliary }) => !auxiliary);
    expect(count(main)).toBe(23_851_784);
    expect(count(main.filter(({ name }) => !name.startsWith("Logits/")))).toBe(21_802_784);
    const background = variablesOf({ ...v3, bnScale: false, classes: 1001 }).filter(({ trainable }) => trainable);
    expect(count(background.filter(({ auxiliary }) => !auxiliary))).toBe(23_819_401);
    expect(count(background)).toBe(27_145_970);
    expect(costOf({ ...v3, bnScale: false, classes: 1001 }).multiplyAdds).toBe(5_713_218_144);
  });

  it("has an auxiliary head of 3,326,696 parameters, 768 fewer without batch norm on its last convolution", () => {
    const head = (auxiliary: "bn" | "conv-norm") => {
      const { parameters, training } = costOf({ ...v3, auxiliary });
      return training.parameters - parameters;
    };
    expect([head("bn"), head("conv-norm")]).toEqual([3_326_696, 3_325_928]);
  });
});

describe("the rows of Table 3", () => {
  it.each<[string, Partial<InceptionV3Options>, number, number]>([
    ["Inception-v2", {}, 27_141_264, 5_299_886_272],
    ["+ Factorized 7x7", { stem: "conv3x3x3" }, 27_160_496, 5_713_216_096],
    ["+ BN-auxiliary", { stem: "conv3x3x3", auxiliary: "bn" }, 27_161_264, 5_713_216_096],
  ])("%s", (_row, changes, trained, multiplyAdds) => {
    const found = costOf({ ...v2, ...changes });
    expect([found.training.parameters, found.multiplyAdds]).toEqual([trained, multiplyAdds]);
  });
});

describe("other stems", () => {
  it("Table 1 as printed", () => {
    const found = costOf({ ...v3, stem: "table1" });
    expect([found.parameters, found.multiplyAdds]).toEqual([24_410_696, 6_045_493_856]);
  });

  it("the separable 7x7 has 2,712 weights and 58.6 million multiply-adds for 203.3", () => {
    const first = (stem: "conv7x7" | "conv7x7-separable") =>
      groupCosts(costOf({ ...v2, stem }).layers, byStage).find(({ path }) => path === "Conv2d_1a_7x7")!;
    expect(first("conv7x7-separable")).toMatchObject({ parameters: 2_712 + 2 * 64, multiplyAdds: 2_712 * 147 ** 2 });
    expect(first("conv7x7")).toMatchObject({ parameters: 9_408 + 2 * 64, multiplyAdds: 9_408 * 147 ** 2 });
  });
});

describe("input sizes", () => {
  it("151 px at stride 1 costs exactly what 299 px does", () => {
    expect(costOf({ ...v3, stemStride: 1 }, 151).multiplyAdds).toBe(5_713_216_096);
  });

  it.each<[number, Partial<InceptionV3Options>, number]>([
    [79, { stemStride: 1, stemPool: false }, 5.362],
    [75, {}, 0.204],
  ])("%i px", (size, changes, billions) => {
    expect(costOf({ ...v3, ...changes }, size).multiplyAdds / 1e9).toBeCloseTo(billions, 3);
  });
});

describe("width multiplier", () => {
  const low = { stemStride: 1, stemPool: false } as const;

  it.each([
    [0.125, 655_496, 401_066],
    [0.25, 1_890_816, 1_382_946],
    [0.5, 6_480_216, 5_465_466],
    [1, 23_834_568, 21_806_058],
  ])("%d: %i parameters for 1000 classes, %i for 10", (width, thousand, ten) => {
    expect(costOf({ ...v3, width }).parameters).toBe(thousand);
    expect(costOf({ ...v3, width, classes: 10 }).parameters).toBe(ten);
  });

  it.each([
    [0.125, 0.24, 10.9, 164, 17.7],
    [0.25, 0.436, 17.0, 362, 35.6],
    [0.5, 1.434, 50.7, 1341, 128.5],
    [1, 5.713, 201.5, 5360, 513.4],
  ])("%d: multiply-adds at 299, 75, 79 and 32 px", (width, full, at75, at79, at32) => {
    const ten = { ...v3, width, classes: 10 };
    const millions = (options: InceptionV3Options, size: number) => costOf(options, size).multiplyAdds / 1e6;
    expect(costOf({ ...v3, width }).multiplyAdds / 1e9).toBeCloseTo(full, 3);
    expect(millions(ten, 75)).toBeCloseTo(at75, 1);
    expect(Math.abs(millions({ ...ten, ...low }, 79) - at79)).toBeLessThan(1);
    expect(millions({ ...ten, ...low }, 32)).toBeCloseTo(at32, 1);
  });
});
