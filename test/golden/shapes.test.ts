// Endpoint shapes at the paper's and TF-Slim's input sizes.
import { describe, expect, it } from "vitest";
import { endpoints, trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import { square, v2, v3 } from "../network/examples.ts";

const shapes = (options: InceptionV3Options, size: number) =>
  [...endpoints(buildNetwork(options, size), square(size))].map(
    ([stage, { height, width, channels }]) => `${stage} ${height}x${width}x${channels}`,
  );
const grids = (options: InceptionV3Options, size: number) => {
  const maps = endpoints(buildNetwork(options, size), square(size));
  return ["Mixed_5d", "Mixed_6e", "Mixed_7c"].map((stage) => maps.get(stage)!.height);
};

const trunk = [
  "Mixed_5b 35x35x256",
  "Mixed_5c 35x35x288",
  "Mixed_5d 35x35x288",
  "Mixed_6a 17x17x768",
  "Mixed_6b 17x17x768",
  "Mixed_6c 17x17x768",
  "Mixed_6d 17x17x768",
  "Mixed_6e 17x17x768",
  "AuxLogits 1x1x1000",
  "Mixed_7a 8x8x1280",
  "Mixed_7b 8x8x2048",
  "Mixed_7c 8x8x2048",
  "Logits 1x1x1000",
];

describe("endpoints at 299 px", () => {
  it("Inception-v3", () => {
    expect(shapes(v3, 299)).toEqual([
      "Conv2d_1a_3x3 149x149x32",
      "Conv2d_2a_3x3 147x147x32",
      "Conv2d_2b_3x3 147x147x64",
      "MaxPool_3a_3x3 73x73x64",
      "Conv2d_3b_1x1 73x73x80",
      "Conv2d_4a_3x3 71x71x192",
      "MaxPool_5a_3x3 35x35x192",
      ...trunk,
    ]);
  });

  it.each(["conv7x7", "conv7x7-separable"] as const)("Inception-v2 with %s", (stem) => {
    expect(shapes({ ...v2, stem }, 299)).toEqual([
      "Conv2d_1a_7x7 147x147x64",
      "MaxPool_3a_3x3 73x73x64",
      "Conv2d_3b_1x1 73x73x80",
      "Conv2d_4a_3x3 71x71x192",
      "MaxPool_5a_3x3 35x35x192",
      ...trunk,
    ]);
  });

  it("Table 1", () => {
    expect(shapes({ ...v3, stem: "table1" }, 299)).toEqual([
      "Conv2d_1a_3x3 149x149x32",
      "Conv2d_2a_3x3 147x147x32",
      "Conv2d_2b_3x3 147x147x64",
      "MaxPool_3a_3x3 73x73x64",
      "Conv2d_3b_3x3 71x71x80",
      "Conv2d_4a_3x3 35x35x192",
      "Conv2d_4b_3x3 35x35x288",
      "Mixed_5b 35x35x288",
      ...trunk.slice(1),
    ]);
  });

  it("the auxiliary head sees 5x5 cells and covers them", () => {
    const head = trace(buildNetwork(v3, 299), square(299)).filter(({ auxiliary }) => auxiliary);
    expect(head[0]!.output).toEqual({ height: 5, width: 5, channels: 768 });
    expect(head.find(({ path }) => path === "AuxLogits/Conv2d_2a_5x5/conv")).toMatchObject({
      layer: { kernel: [5, 5], padding: "valid", filters: 768 },
      output: { height: 1, width: 1, channels: 768 },
    });
  });
});

describe("grids of the three stages", () => {
  const dense = { ...v3, stemStride: 1 } as const;
  const bare = { ...dense, stemPool: false } as const;

  it.each<[string, InceptionV3Options, number, number[]]>([
    ["224 px", v3, 224, [25, 12, 5]],
    ["150 px", v3, 150, [16, 7, 3]],
    ["107 px", v3, 107, [11, 5, 2]],
    ["75 px", v3, 75, [7, 3, 1]],
    ["151 px, stride 1", dense, 151, [35, 17, 8]],
    ["64 px, stride 1", dense, 64, [13, 6, 2]],
    ["79 px, stride 1, no pool", bare, 79, [36, 17, 8]],
    ["64 px, stride 1, no pool", bare, 64, [28, 13, 6]],
    ["32 px, stride 1, no pool", bare, 32, [12, 5, 2]],
  ])("%s", (_name, options, size, expected) => {
    expect(grids(options, size)).toEqual(expected);
  });
});
