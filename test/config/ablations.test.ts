// The shipped ablations: every row is an experiment that the schema and the rules take, with the cost its header tells.
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { shippedFolder } from "../../src/config/find.ts";
import { loadExperiment } from "../../src/config/load.ts";
import type { Experiment } from "../../src/config/schema.ts";
import { cost } from "../../src/interpret/cost.ts";
import { table2, table3 } from "../../src/interpret/paper.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { square } from "../network/examples.ts";

type Changes = Readonly<Record<string, unknown>>;
type Paper = { readonly top1?: number; readonly top5?: number; readonly multiplyAdds?: number };
type Row = { readonly name: string; readonly set?: Changes; readonly paper?: Paper };
type Ablation = {
  readonly name: string;
  readonly base: { readonly config: string; readonly set?: Changes };
  readonly mode: "cumulative" | "one-in";
  readonly rows: readonly Row[];
};

const folder = `${shippedFolder}ablations/`;
const files = readdirSync(folder).sort();
const read = (file: string): Ablation => parse(readFileSync(folder + file, "utf8"));

const settings = (changes: Changes = {}) =>
  Object.entries(changes).map(([path, value]) => `${path}=${JSON.stringify(value)}`);

/** What each row adds to the base: in a cumulative ablation, the changes of the rows above as well. */
const setsOf = ({ base, mode, rows }: Ablation, index: number): string[] => {
  const own = mode === "cumulative" ? rows.slice(0, index + 1) : [rows[index]!];
  return [...settings(base.set), ...own.flatMap(({ set }) => settings(set))];
};

const experimentsOf = (ablation: Ablation) =>
  Promise.all(
    ablation.rows.map(async ({ name }, index) => {
      const { experiment, warnings } = await loadExperiment(ablation.base.config, setsOf(ablation, index));
      return { name, experiment, warnings };
    }),
  );

const costOf = ({ network, data: { size } }: Experiment) =>
  cost(buildNetwork({ ...network, classes: 1000 }, size), square(size));

/** Billions of multiply-adds and millions of parameters, in training. */
const figures: Record<string, readonly [multiplyAdds: number, parameters: number][]> = {
  table3: [
    [5.3, 27.141],
    [5.3, 27.141],
    [5.3, 27.141],
    [5.713, 27.16],
    [5.713, 27.161],
  ],
  resolution: [
    [5.713, 27.161],
    [5.713, 27.161],
    [5.362, 27.161],
  ],
  activation: [
    [5.713, 27.161],
    [5.713, 27.161],
    [5.713, 27.161],
  ],
  auxiliary: [
    [5.713, 23.835],
    [5.713, 27.16],
    [5.713, 27.16],
    [5.713, 27.161],
    [5.713, 27.16],
  ],
  reduction: [
    [5.713, 27.161],
    [6.162, 35.152],
    [10.016, 35.152],
    [5.713, 27.161],
  ],
  asymmetric: [
    [5.328, 25.631],
    [4.953, 25.325],
    [4.993, 24.473],
    [5.76, 27.127],
    [5.16, 23.006],
  ],
  block8: [
    [5.713, 27.161],
    [5.76, 27.127],
    [6.166, 34.239],
  ],
  scratch: [
    [0.164, 3.06],
    [0.164, 3.06],
    [0.629, 3.06],
    [0.629, 3.06],
  ],
};

test("are all tested here", () => {
  expect(files.map((file) => basename(file, ".yaml"))).toEqual(Object.keys(figures).sort());
});

describe.each(files)("%s", (file) => {
  const ablation = read(file);

  test("has the keys of an ablation, and its file's name", () => {
    expect(Object.keys(ablation)).toEqual(["name", "base", "mode", "rows", "seeds", "evaluate"]);
    expect(ablation).toMatchObject({ name: basename(file, ".yaml"), seeds: [0, 1, 2], evaluate: { crops: "single" } });
    expect(new Set(ablation.rows.map(({ name }) => name)).size).toBe(ablation.rows.length);
    expect(ablation.rows[0]!.set).toBeUndefined();
  });

  test("has rows that all differ, without a warning, and cost what is known", async () => {
    const rows = await experimentsOf(ablation);
    expect(rows.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(new Set(rows.map(({ experiment }) => JSON.stringify(experiment))).size).toBe(rows.length);
    const costs = rows.map(({ experiment }) => costOf(experiment));
    for (const [i, [multiplyAdds, parameters]] of figures[ablation.name]!.entries()) {
      expect(costs[i]!.multiplyAdds / 1e9).toBeCloseTo(multiplyAdds, 3);
      expect(costs[i]!.training.parameters / 1e6).toBeCloseTo(parameters, 3);
    }
    expect(costs).toHaveLength(figures[ablation.name]!.length);
  });
});

describe("table3", () => {
  const ablation = read("table3.yaml");

  test("prints the paper's figures", () => {
    expect(ablation.rows.map(({ name, paper }) => ({ name, ...paper }))).toEqual(
      table3.slice(3).map(({ name, top1, top5, ops }) => ({
        name,
        top1,
        ...(top5 === undefined ? {} : { top5 }),
        multiplyAdds: ops * 1e9,
      })),
    );
  });

  test("ends at inception-v3-paper but for the name, and adds one thing a row", async () => {
    const rows = await experimentsOf(ablation);
    const { experiment: last } = await loadExperiment("inception-v3-paper");
    const end = rows.at(-1)!.experiment;
    expect({ ...end, name: last.name, network: { ...end.network, name: last.network.name } }).toEqual(last);
    const sections = ({ network, train, ...rest }: Experiment) => ({ ...network, ...train, ...rest });
    const changed = rows.slice(1).map(({ experiment }, i) => {
      const [before, after] = [sections(rows[i]!.experiment), sections(experiment)];
      return Object.entries(after).flatMap(([key, value]) =>
        JSON.stringify(value) === JSON.stringify(before[key as keyof typeof before]) ? [] : [key],
      );
    });
    expect(changed).toEqual([["optimizer"], ["labelSmoothing"], ["stem"], ["auxiliary"]]);
  });
});

test("resolution has the rows and accuracies of Table 2", async () => {
  const ablation = read("resolution.yaml");
  const rows = await experimentsOf(ablation);
  const found = rows.map(({ experiment: { network, data } }, i) => ({
    size: data.size,
    stemStride: network.stemStride,
    stemPool: network.stemPool,
    error: ablation.rows[i]!.paper!.top1,
  }));
  const errors = [...table2].reverse().map(({ top1, ...row }) => ({ ...row, error: Number((100 - top1).toFixed(1)) }));
  expect(found).toEqual(errors);
});
