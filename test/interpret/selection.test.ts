// Words for layers: what each takes of the catalog's networks and of a small tree.
import { describe, expect, test } from "vitest";
import { blocks, classifiers, mainClassifier, owners, selected } from "../../src/interpret/selection.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { bnInception, googLeNet, v3 } from "../network/examples.ts";

const networks = { v3: buildNetwork(v3), googLeNet: buildNetwork(googLeNet), bnInception: buildNetwork(bnInception) };
const paths = (network: keyof typeof networks) => owners(networks[network]).map(({ path }) => path);
const blocksOf = (chosen: readonly string[]) => [...new Set(chosen.map((path) => path.split("/", 1)[0]))];

describe("classifiers", () => {
  test("are the dense layers, the network's own last", () => {
    expect(classifiers(networks.v3)).toEqual(["AuxLogits/dense", "Logits/dense"]);
    expect(classifiers(networks.googLeNet)).toEqual([
      "AuxLogits_4b/Logits/dense",
      "AuxLogits_4e/Logits/dense",
      "Logits/dense",
    ]);
    expect(mainClassifier(networks.bnInception)).toBe("Logits/dense");
  });
  test("are all that the trunk leaves", () => {
    for (const name of ["v3", "googLeNet", "bnInception"] as const) {
      const trunk = selected(networks[name], "trunk");
      expect(paths(name).filter((path) => !trunk.includes(path))).toEqual(classifiers(networks[name]));
    }
  });
});

describe("a word", () => {
  test("of a block takes all in it and nothing that only begins like it", () => {
    expect(selected(networks.v3, "Mixed_5b")).toEqual(paths("v3").filter((path) => path.startsWith("Mixed_5b/")));
    expect(selected(networks.v3, "Mixed_5")).toEqual([]);
    expect(selected(networks.v3, "Mixed_5b/b1x1/conv")).toEqual(["Mixed_5b/b1x1/conv"]);
  });
  test("with through takes it and all before it, auxiliary heads on the way too", () => {
    const chosen = selected(networks.googLeNet, "through Mixed_4d");
    expect(blocksOf(chosen)).toEqual(
      blocks(networks.googLeNet).slice(0, blocks(networks.googLeNet).indexOf("Mixed_4d") + 1),
    );
    expect(blocksOf(chosen)).toContain("AuxLogits_4b");
    expect(blocksOf(chosen)).not.toContain("AuxLogits_4e");
    expect(selected(networks.v3, "through Mixed_9z")).toEqual([]);
  });
  test("with a star stays within a name, with two crosses them", () => {
    expect(blocksOf(selected(networks.v3, "Mixed_5*"))).toEqual(["Mixed_5b", "Mixed_5c", "Mixed_5d"]);
    const norms = selected(networks.v3, "**/batchNorm");
    expect(norms).toEqual(paths("v3").filter((path) => path.endsWith("/batchNorm")));
    expect(norms.length).toBeGreaterThan(90);
    expect(selected(networks.v3, "*/batchNorm")).toEqual(norms.filter((path) => path.split("/").length === 2));
  });
  test("means its own dots and brackets", () => {
    expect(selected(networks.v3, "Mixed.5b")).toEqual([]);
    expect(selected(networks.v3, "(")).toEqual([]);
  });
});
