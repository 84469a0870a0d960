// The keys of a network's blocks: defaults, values, what is refused and what is only said.
import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import {
  activations,
  blocks8,
  blocks17,
  blocks35,
  reductionGrids,
  reductionPools,
  reductions,
  releasedSwitches,
} from "../../src/network/switches.ts";

const parse = (name: string, ...sets: string[]) =>
  parseExperiment(`network: { name: ${name} }\ndata: { train: "." }\n`, "my.yaml", sets);
const build = (...sets: string[]) =>
  buildNetwork({ ...parse("inception-v3", ...sets).experiment.network, classes: 10 });

describe.each(["inception-v2", "inception-v3"])("%s", (name) => {
  test("has the released switches unless told otherwise", () => {
    expect(parse(name).experiment.network).toMatchObject(releasedSwitches);
  });
});

const values: Record<keyof typeof releasedSwitches, readonly (string | number)[]> = {
  reduction: reductions,
  reductionAt: reductionGrids,
  reductionPool: reductionPools,
  factorActivation: activations,
  reduceActivation: activations,
  block35: blocks35,
  block17: blocks17,
  block8: blocks8,
  nBlocks35: [3, 1, 20],
  nBlocks17: [4, 1, 20],
  nBlocks8: [2, 1, 20],
};

test.each(Object.entries(values))(
  "network.%s: every value but the first builds another network",
  (key, [first, ...others]) => {
    const around = key === "reductionAt" ? ["network.reduction=pool-conv"] : [];
    const released = build(...around);
    expect(build(...around, `network.${key}=${first}`)).toEqual(released);
    const seen = new Set([JSON.stringify(released)]);
    for (const value of others) seen.add(JSON.stringify(build(...around, `network.${key}=${value}`)));
    expect(seen.size).toBe(1 + others.length);
  },
);

describe("refused", () => {
  test.each([
    ["network.reductionAt=8", "network.reductionAt: expected one of both, 35, 17, got 8"],
    ["network.block35=fig6", 'network.block35: expected one of v3, fig5, unfactorized, asymmetric, got "fig6"'],
    ["network.nBlocks17=0", "network.nBlocks17: expected a whole number from 1 to 20, got 0"],
    ["network.nBlocks17=21", "network.nBlocks17: expected a whole number from 1 to 20, got 21"],
  ])("%s", (set, message) => {
    expect(() => parse("inception-v3", set)).toThrow(message);
  });
});

describe("said", () => {
  test.each<[string[], string[]]>([
    [["network.reductionAt=35"], ["--set network.reductionAt: changes nothing while network.reduction is parallel"]],
    [["network.reductionAt=35", "network.reduction=conv-pool"], []],
    [
      ["network.factorActivation=linear", "network.block35=unfactorized", "network.block17=dense3"],
      ["--set network.factorActivation: changes nothing, as no block of this network is factorized"],
    ],
    [
      [
        "network.factorActivation=linear",
        "network.block35=unfactorized",
        "network.block17=dense3",
        "network.block8=asymmetric",
      ],
      [],
    ],
    [["network.factorActivation=linear", "network.block17=dense3"], []],
  ])("%j", (sets, warnings) => {
    expect(parse("inception-v3", ...sets).warnings).toEqual(warnings);
  });
});
