import { describe, expect, it } from "vitest";
import { paperFigures } from "../../src/interpret/paper.ts";
import { bnInception, googLeNet, v2, v3 } from "../network/examples.ts";

const sources = (...call: Parameters<typeof paperFigures>) => paperFigures(...call).map(({ source }) => source);

describe("paperFigures", () => {
  it("finds the rows of Table 3 that have this network", () => {
    expect(sources(v2, 299)).toEqual([
      "Table 2",
      "Table 3, Inception-v2",
      "Table 3, + RMSProp",
      "Table 3, + Label Smoothing",
    ]);
    expect(sources({ ...v2, stem: "conv3x3x3" }, 299)).toContain("Table 3, + Factorized 7x7");
    expect(sources(v3, 299)).toEqual(["Table 2", "Table 3, + BN-auxiliary", "abstract", "abstract"]);
  });

  it("finds the networks before, at their own size", () => {
    expect(sources(googLeNet, 224)).toEqual(["Table 3, GoogLeNet"]);
    expect(sources(bnInception, 224)).toEqual(["Table 3, BN-Inception"]);
    expect(sources(googLeNet, 299)).toEqual([]);
  });

  it("finds the small inputs of Table 2", () => {
    expect(paperFigures({ ...v3, stemStride: 1 }, 151)).toEqual([
      { what: "top-1 accuracy at this input", value: "76.4%", source: "Table 2" },
    ]);
  });

  it("says nothing of networks the paper does not have", () => {
    expect(sources({ ...v3, width: 0.5 }, 299)).toEqual([]);
    expect(sources({ ...v3, classes: 10 }, 299)).toEqual([]);
    expect(sources({ ...v3, block17: "dense7" }, 299)).toEqual([]);
    expect(sources({ ...v3, block17: "asym7" }, 299)).toEqual(sources(v3, 299));
    expect(sources(v3, 224)).toEqual([]);
  });
});
