// GoogLeNet: parameters, multiply-adds and shapes to the unit, and what its paper prints of them in Table 1.
import { describe, expect, it } from "vitest";
import { byStage, cost, groupCosts } from "../../src/interpret/cost.ts";
import { sizeOf, variables } from "../../src/interpret/parameters.ts";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { GoogLeNetOptions } from "../../src/network/options.ts";
import { googLeNet, square } from "../network/examples.ts";

const costOf = (changes: Partial<GoogLeNetOptions> = {}) =>
  cost(buildNetwork({ ...googLeNet, ...changes }, 224), square(224));
const stages = (changes: Partial<GoogLeNetOptions> = {}) => groupCosts(costOf(changes).layers, byStage);

describe("GoogLeNet", () => {
  it("has 6,998,552 parameters, 13,378,280 with both auxiliary heads", () => {
    expect(costOf()).toMatchObject({
      parameters: 6_998_552,
      multiplyAdds: 1_582_671_872,
      training: { parameters: 13_378_280, multiplyAdds: 1_591_044_096 },
    });
    expect(costOf({ auxiliary: "off" }).training).toEqual({ parameters: 6_998_552, multiplyAdds: 1_582_671_872 });
  });

  const released = { norm: "batch", wideKernel: 3, lastPool: 2 } as const;

  it("as torchvision builds it has 6,624,904 parameters and 1.50 billion multiply-adds, more with both heads", () => {
    const torchvision = { ...released, padding: "symmetric", auxiliaryPool: "adaptive" } as const;
    expect(costOf(torchvision)).toMatchObject({
      parameters: 6_624_904,
      multiplyAdds: 1_498_376_192,
      training: { parameters: 13_004_888, multiplyAdds: 1_506_748_416 },
    });
  });

  it("as TF-Slim builds it has 5,607,184 model variables before its logits", () => {
    const slim = buildNetwork({ ...googLeNet, ...released, norm: "batch-offset", auxiliary: "off" }, 224);
    const base = variables(slim, square(224)).filter(({ name }) => !name.startsWith("Logits/"));
    expect(base.reduce((sum, variable) => sum + sizeOf(variable), 0)).toBe(5_607_184);
  });

  it.each([
    ["Conv2d_1a_7x7", 9_472, 118.0],
    ["Mixed_3b", 163_696, 128.0],
    ["Mixed_3c", 388_736, 304.3],
    ["Mixed_4b", 376_176, 73.6],
    ["Mixed_4c", 449_160, 87.9],
    ["Mixed_4d", 510_104, 99.9],
    ["Mixed_4e", 605_376, 118.5],
    ["Mixed_4f", 868_352, 170.0],
    ["Mixed_5b", 1_043_456, 51.1],
    ["Mixed_5c", 1_444_080, 70.7],
    ["Logits", 1_025_000, 1.0],
  ])("%s: %i parameters, %d million multiply-adds", (stage, parameters, millions) => {
    const found = stages().find(({ path }) => path === stage)!;
    expect(found.parameters).toBe(parameters);
    expect(Math.round(found.multiplyAdds / 1e5) / 10).toBe(millions);
  });

  it("spends 114,944 parameters and 359.7 million multiply-adds on the second and third convolution", () => {
    const [reduce, filter] = ["Conv2d_2b_1x1", "Conv2d_2c_3x3"].map((name) =>
      stages().find(({ path }) => path === name),
    );
    expect(reduce!.parameters + filter!.parameters).toBe(114_944);
    expect((reduce!.multiplyAdds + filter!.multiplyAdds) / 1e6).toBeCloseTo(359.7, 1);
  });

  it("with a separable first layer has the 2.7K weights and 34 million that Table 1 prints, and costs 1.5 billion", () => {
    const [first] = stages({ stem: "conv7x7-separable" });
    expect(first).toMatchObject({ parameters: 2_712 + 64, multiplyAdds: 2_712 * 112 ** 2 });
    expect(costOf({ stem: "conv7x7-separable" }).multiplyAdds / 1e9).toBeCloseTo(1.499, 3);
  });

  it("has the output sizes of Table 1, and heads that see 4 x 4 cells of 512 and 528 channels", () => {
    const network = buildNetwork(googLeNet, 224);
    const shapes = [...endpoints(network, square(224))].map(
      ([stage, { height, width, channels }]) => `${stage} ${height}x${width}x${channels}`,
    );
    expect(shapes).toEqual([
      "Conv2d_1a_7x7 112x112x64",
      "MaxPool_2a_3x3 56x56x64",
      "Norm_2a 56x56x64",
      "Conv2d_2b_1x1 56x56x64",
      "Conv2d_2c_3x3 56x56x192",
      "Norm_2c 56x56x192",
      "MaxPool_3a_3x3 28x28x192",
      "Mixed_3b 28x28x256",
      "Mixed_3c 28x28x480",
      "MaxPool_4a_3x3 14x14x480",
      "Mixed_4b 14x14x512",
      "AuxLogits_4b 1x1x1000",
      "Mixed_4c 14x14x512",
      "Mixed_4d 14x14x512",
      "Mixed_4e 14x14x528",
      "AuxLogits_4e 1x1x1000",
      "Mixed_4f 14x14x832",
      "MaxPool_5a_3x3 7x7x832",
      "Mixed_5b 7x7x832",
      "Mixed_5c 7x7x1024",
      "Logits 1x1x1000",
    ]);
    const pooled = trace(network, square(224)).filter(({ layer }) => layer.type === "averagePool");
    expect(pooled.map(({ output }) => output)).toEqual([
      { height: 4, width: 4, channels: 512 },
      { height: 4, width: 4, channels: 528 },
    ]);
  });
});
