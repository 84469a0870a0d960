// The keys of GoogLeNet's and BN-Inception's switches: the paper's values by default, and each value builds another network.
import { expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import {
  auxiliaryPools,
  type BnInceptionSwitches,
  earlyPaddings,
  type GoogLeNetSwitches,
  googLeNetNorms,
  lastPools,
  stemNorms,
  wideKernels,
} from "../../src/network/early-switches.ts";
import { bnInception, googLeNet } from "../network/examples.ts";

const build = (name: string, ...sets: string[]) =>
  buildNetwork({
    ...parseExperiment(`network: { name: ${name} }\ndata: { train: "." }\n`, "my.yaml", sets).experiment.network,
    classes: 1000,
  });

test("left out, they are the papers', whether the options name them or not", () => {
  expect(build("googlenet")).toEqual(buildNetwork(googLeNet));
  expect(build("bn-inception")).toEqual(buildNetwork(bnInception));
});

const values: Record<keyof GoogLeNetSwitches | keyof BnInceptionSwitches, readonly (string | number)[]> = {
  norm: googLeNetNorms,
  wideKernel: wideKernels,
  lastPool: lastPools,
  padding: earlyPaddings,
  auxiliaryPool: auxiliaryPools,
  stemNorm: stemNorms,
};

test.each(Object.entries(values))(
  "network.%s: every value but the first builds another network",
  (key, [first, ...others]) => {
    const name = key === "stemNorm" ? "bn-inception" : "googlenet";
    const released = build(name);
    expect(build(name, `network.${key}=${first}`)).toEqual(released);
    const seen = new Set([JSON.stringify(released)]);
    for (const value of others) seen.add(JSON.stringify(build(name, `network.${key}=${value}`)));
    expect(seen.size).toBe(1 + others.length);
  },
);
