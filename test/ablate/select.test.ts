// Which cells a sitting takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSeeds, selectCells, type Wanted } from "../../src/ablate/select.ts";
import { planOf } from "./support.ts";

const plan = planOf(`rows:
  - { name: plain }
  - { name: + Label Smoothing, set: { train.labelSmoothing: 0.1 } }
  - { name: + Width, set: { network.width: 0.5 } }
seeds: 0..3
`);
const chosen = (wanted: Wanted): string[] => selectCells(plan, wanted).map(({ row, seed }) => `${row} ${seed}`);

describe("rows", () => {
  test.each([
    ["plain", ["plain"]],
    ["+ Label Smoothing", ["+ Label Smoothing"]],
    ["label-smoothing,plain", ["plain", "+ Label Smoothing"]],
    [" + width , plain", ["plain", "+ Width"]],
  ])("%j", (rows, names) => {
    expect(chosen({ rows, seeds: [1] })).toEqual(names.map((name) => `${name} 1`));
  });

  test("that are not there are refused with a guess", () => {
    expect(() => chosen({ rows: "plain,lable-smoothing" })).toThrow(
      '--rows: there is no row "lable-smoothing"; did you mean label-smoothing?',
    );
  });
});

test("shards take every cell once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), (of) => {
      const parts = Array.from({ length: of }, (_, i) => chosen({ shard: { part: i + 1, of } }));
      expect(parts.flat().sort()).toEqual(chosen({}).sort());
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("seeds", () => {
  expect(readSeeds("0..4")).toEqual([0, 1, 2, 3, 4]);
  expect(() => readSeeds("1,1")).toThrow("--seeds: expected whole numbers");
});
