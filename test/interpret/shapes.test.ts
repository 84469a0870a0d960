import { describe, expect, it } from "vitest";
import { cost } from "../../src/interpret/cost.ts";
import { draw } from "../../src/interpret/drawing.ts";
import { activationMemory } from "../../src/interpret/memory.ts";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { averagePool, chain, concat, conv, maxPool } from "../../src/network/build.ts";
import { square } from "../network/examples.ts";

const sides = (network: Parameters<typeof endpoints>[0], size: number) =>
  [...endpoints(network, square(size)).values()].map(({ height, width }) => `${height}x${width}`);

describe("the grids of torchvision's networks, by the formulas in PyTorch's documentation", () => {
  it("GoogLeNet: 7x7 / 2 with 3 around, pools that round up", () => {
    const halve = (kernel: number) => maxPool(kernel, { stride: 2, padding: "valid", ceil: true });
    const googLeNet = chain({
      conv1: conv(64, 7, { stride: 2, padding: 3 }),
      maxpool1: halve(3),
      conv2: conv(64, 1),
      conv3: conv(192, 3, { padding: 1 }),
      maxpool2: halve(3),
      maxpool3: halve(3),
      maxpool4: halve(2),
    });
    expect(sides(googLeNet, 224)).toEqual(["112x112", "56x56", "56x56", "56x56", "28x28", "14x14", "7x7"]);
    expect(sides(googLeNet, 225)).toEqual(["113x113", "56x56", "56x56", "56x56", "28x28", "14x14", "7x7"]);
  });

  it("Inception V3: its stem and a 1x7 with 3 to the left and to the right", () => {
    const pool = maxPool(3, { stride: 2, padding: "valid" });
    const inception = chain({
      Conv2d_1a_3x3: conv(32, 3, { stride: 2, padding: 0 }),
      Conv2d_2a_3x3: conv(32, 3, { padding: 0 }),
      Conv2d_2b_3x3: conv(64, 3, { padding: 1 }),
      maxpool1: pool,
      Conv2d_3b_1x1: conv(80, 1),
      Conv2d_4a_3x3: conv(192, 3, { padding: 0 }),
      maxpool2: pool,
      branch_pool: averagePool(3, { padding: 1, divisor: "full" }),
      Mixed_6a: conv(384, 3, { stride: 2, padding: 0 }),
      branch7x7: conv(128, [1, 7], { padding: { rows: [0, 0], columns: [3, 3] } }),
    });
    expect(sides(inception, 299)).toEqual([149, 147, 147, 73, 73, 71, 35, 35, 17, 17].map((side) => `${side}x${side}`));
  });
});

describe("branches of different grids", () => {
  const network = chain({ stem: conv(4, 1), mixed: concat({ a: conv(2, 3), b: maxPool(3, { stride: 2 }) }) });
  const message = "mixed: branches of 9x9, 5x5, expected one grid";

  it.each([trace, endpoints, cost, activationMemory, draw])(
    "are refused by $name, with the path and the sizes",
    (reading) => {
      expect(() => reading(network, square(9))).toThrow(message);
    },
  );

  it("are no error of the network's where the input is too small", () => {
    const valid = concat({ a: conv(2, 5, { padding: "valid" }), b: conv(2, 3, { padding: "valid" }) });
    expect(trace(chain({ valid }), square(2)).map(({ output }) => output.height)).toEqual([-2, 0]);
  });
});
