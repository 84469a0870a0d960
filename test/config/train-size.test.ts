// train.size beside data.size: what is refused, and what it is where it is left out.
import { expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { asTrained } from "../../src/config/train-size.ts";

const of = (...sets: string[]) =>
  parseExperiment("network: { name: inception-v3 }\ndata: { train: x, size: 299 }", "my.yaml", sets).experiment;

test("training reads pictures of train.size, of data.size where it is left out", () => {
  expect(asTrained(of()).data.size).toBe(299);
  expect(asTrained(of("train.size=257", "network.auxiliary=off"))).toMatchObject({
    data: { size: 257 },
    train: { size: 257 },
  });
});

test("too small a size is refused, and one at which auxiliary heads have other weights", () => {
  expect(() => of("train.size=74")).toThrow(
    /train\.size: inception-v3 with this stem needs an input of at least 75 px/,
  );
  expect(() => of("train.size=80")).toThrow(
    "train.size: the auxiliary heads have other weights at 80 px than at data.size, 299 px; " +
      "expected network.auxiliary: off, or a size at which they are alike",
  );
  expect(of("train.size=80", "network.auxiliary=off").train.size).toBe(80);
});

test("batch norm's warning and the largest batch go by what training reads", () => {
  const one = ["network.auxiliary=off", "train.batch=1"];
  const warnings = (...sets: string[]) =>
    parseExperiment("network: { name: inception-v3 }\ndata: { train: x, size: 299 }", "my.yaml", [...one, ...sets])
      .warnings;
  expect(warnings()).toEqual([]);
  expect(warnings("train.size=75").join()).toMatch(/batch norms .* normalizes a single value/);
  expect(() => of("train.size=1000", "train.batch=800")).toThrow(/at most 715 pictures of 1000 px at a time, got 800/);
});
