import { describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { paperBnInception, paperGoogLeNet } from "../../src/network/early-switches.ts";
import { releasedSwitches } from "../../src/network/switches.ts";
import { bnInception, googLeNet, v2, v3 } from "../network/examples.ts";

const parsed = (network: { name: string }, data: object = {}, train: object = {}) =>
  experimentSchema.parse({ network: { name: network.name }, data: { train: "x", ...data }, train });

describe("left out, the paper's own", () => {
  test.each([
    ["googlenet", 224, 0.3],
    ["bn-inception", 224, 0.4],
    ["inception-v2", 299, 0.4],
    ["inception-v3", 299, 0.4],
  ])("%s: %i px, auxiliary heads weighed %d", (name, size, weight) => {
    const { data, train } = parsed({ name });
    expect([data.size, train.auxiliaryWeight]).toEqual([size, weight]);
  });

  const rethinking = [v2, v3].map((network) => ({ ...network, ...releasedSwitches }));
  const early = [
    { ...googLeNet, ...paperGoogLeNet },
    { ...bnInception, ...paperBnInception },
  ];
  test.each([...early, ...rethinking])("$name: the switches of its table", ({ classes, ...switches }) => {
    expect(parsed(switches).network).toEqual(switches);
  });
});

test("what is given stays, zero too", () => {
  const { data, train } = parsed(googLeNet, { size: 299 }, { auxiliaryWeight: 0 });
  expect([data.size, train.auxiliaryWeight]).toEqual([299, 0]);
});
