// Rates by depth: from block to block, by a table of layers, and none where all are one.
import { describe, expect, test } from "vitest";
import { ratesByDepth } from "../../src/interpret/depth.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { googLeNet } from "../network/examples.ts";

const network = buildNetwork(googLeNet);

describe("a factor", () => {
  const rate = ratesByDepth(network, 0.5)!;
  test("halves the rate from each block to the one before it, and leaves the heads the full one", () => {
    expect(rate("Logits/dense/kernel")).toBe(1);
    expect(rate("Mixed_5c/b1x1/conv/kernel")).toBe(0.5);
    expect(rate("Mixed_5b/pool/1/bias/bias")).toBe(0.25);
    expect(rate("Mixed_4f/b3x3/0/conv/kernel")).toBe(0.125);
    // Twelve blocks have weights: three convolutions, nine Mixed.
    expect(rate("Conv2d_1a_7x7/conv/kernel")).toBe(0.5 ** 12);
    expect(rate("AuxLogits_4b/Logits/dense/kernel")).toBe(1);
  });
});

describe("a table", () => {
  test("gives its layers their rates, the last that names one counts, and all others the full one", () => {
    const rate = ratesByDepth(network, { trunk: 0.1, "Mixed_5*": 0.5, "Mixed_5c/b1x1": 0 })!;
    expect(rate("Mixed_4b/b1x1/conv/kernel")).toBe(0.1);
    expect(rate("Mixed_5c/b3x3/1/conv/kernel")).toBe(0.5);
    expect(rate("Mixed_5c/b1x1/conv/kernel")).toBe(0);
    expect(rate("Logits/dense/bias")).toBe(1);
  });
});

test("is nothing where all learn at the full rate", () => {
  expect(ratesByDepth(network, 1)).toBeUndefined();
  expect(ratesByDepth(network, { trunk: 1 })).toBeUndefined();
  expect(ratesByDepth(network, {})).toBeUndefined();
});
