// BN-Inception: parameters, multiply-adds and shapes to the unit, in both readings of the blocks 4c and 4d.
import { describe, expect, it } from "vitest";
import { cost } from "../../src/interpret/cost.ts";
import { sizeOf, variables } from "../../src/interpret/parameters.ts";
import { endpoints } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { BnInceptionOptions } from "../../src/network/options.ts";
import { bnInception, square } from "../network/examples.ts";

const networkOf = (changes: Partial<BnInceptionOptions> = {}) => buildNetwork({ ...bnInception, ...changes }, 224);
const variablesOf = (changes: Partial<BnInceptionOptions>) => variables(networkOf(changes), square(224));

describe("BN-Inception", () => {
  it.each<[string, Partial<BnInceptionOptions>, number, number]>([
    ["separable, 96", {}, 11_188_288, 1_934_857_216],
    ["dense, 96", { stem: "conv7x7" }, 11_194_984, 2_018_851_840],
    ["dense, 128", { stem: "conv7x7", poolProj4cd: 128 }, 11_285_224, 2_032_600_064],
  ])("%s: %j: %i parameters, %i multiply-adds", (_name, changes, parameters, multiplyAdds) => {
    const found = cost(networkOf(changes), square(224));
    expect(found).toMatchObject({ parameters, multiplyAdds, training: { parameters, multiplyAdds } });
  });

  it("has a bias fewer for each batch norm than the Caffe model that keeps both", () => {
    const channels = variablesOf({ stem: "conv7x7", poolProj4cd: 128 })
      .filter(({ kind }) => kind === "beta")
      .reduce((sum, variable) => sum + sizeOf(variable), 0);
    expect(11_285_224 + channels).toBe(11_295_240);
  });

  it("has the variables of TF-Slim's inception_v2, whose separable first layer has a bias for its batch norm", () => {
    const slim = variablesOf({ bnScale: false, stemNorm: "bias" }).filter(({ name }) => !name.startsWith("Logits/"));
    expect(slim.reduce((sum, variable) => sum + sizeOf(variable), 0)).toBe(10_173_112);
  });

  const shapes = (poolProj4cd: 96 | 128) =>
    [...endpoints(networkOf({ poolProj4cd }), square(224))].map(
      ([stage, { height, width, channels }]) => `${stage} ${height}x${width}x${channels}`,
    );

  it("has the output sizes of its table with 96 maps, TF-Slim's endpoints", () => {
    expect(shapes(96)).toEqual([
      "Conv2d_1a_7x7 112x112x64",
      "MaxPool_2a_3x3 56x56x64",
      "Conv2d_2b_1x1 56x56x64",
      "Conv2d_2c_3x3 56x56x192",
      "MaxPool_3a_3x3 28x28x192",
      "Mixed_3b 28x28x256",
      "Mixed_3c 28x28x320",
      "Mixed_4a 14x14x576",
      "Mixed_4b 14x14x576",
      "Mixed_4c 14x14x576",
      "Mixed_4d 14x14x576",
      "Mixed_4e 14x14x576",
      "Mixed_5a 7x7x1024",
      "Mixed_5b 7x7x1024",
      "Mixed_5c 7x7x1024",
      "Logits 1x1x1000",
    ]);
  });

  it("has 608 and 1056 maps with 128, as its filters and the Caffe model say", () => {
    expect(shapes(128)).toEqual(
      expect.arrayContaining(["Mixed_4d 14x14x608", "Mixed_4e 14x14x608", "Mixed_5a 7x7x1056", "Mixed_5b 7x7x1024"]),
    );
  });

  it("pools by average but in the reductions and the last block", () => {
    const types = new Map(
      Object.entries({ Mixed_3b: "averagePool", Mixed_4a: "maxPool", Mixed_5b: "averagePool", Mixed_5c: "maxPool" }),
    );
    const { layers } = cost(networkOf(), square(224));
    for (const [stage, type] of types)
      expect(layers.filter(({ path }) => path.startsWith(`${stage}/pool`)).flatMap(({ types }) => types)[0]).toBe(type);
  });
});
