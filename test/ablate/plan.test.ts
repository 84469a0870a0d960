// An ablation file as a plan: what each mode makes of the rows, what is refused and where, what tells cells apart.
import { describe, expect, test } from "vitest";
import { parseAblation, parseSeeds } from "../../src/ablate/file.ts";
import { cellsOf, type Plan, planAblation } from "../../src/ablate/plan.ts";
import { UserError } from "../../src/errors.ts";

const base = {
  path: "base.yaml",
  text: `
network: { name: inception-v2, width: 0.25 }
data: { train: photos, size: 107 }
train: { epochs: 3, learningRate: 0.1, labelSmoothing: 0, optimizer: { name: momentum } }
`,
};
const header = "name: small\nbase: { config: base.yaml }\n";
const plan = (text: string, sets: readonly string[] = []): Plan =>
  planAblation(parseAblation(header + text, "my.yaml"), base, sets);
const changes = ({ rows }: Plan): string[][] => rows.map((row) => row.changes.map(({ key }) => key));
const rowNames = ({ rows }: Plan): string[] => rows.map(({ name }) => name);

function problemIn(text: string, sets: readonly string[] = []): string {
  try {
    plan(text, sets);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    return (error as UserError).message;
  }
  throw new Error("expected a problem, found none");
}

const twoRows = `rows:
  - name: Inception-v2
  - name: + RMSProp
    set: { train.optimizer.name: rmsprop, train.learningRate: 0.045 }
    paper: { top1: 23.1, top5: 6.3, multiplyAdds: 3.8e9 }
  - name: + smoothing
    set: { train.labelSmoothing: 0.1 }
`;
const factors = `rows:
  - { name: smooth, set: { train.labelSmoothing: 0.1 } }
  - { name: narrow, set: { network.width: 0.2 } }
  - { name: wide, set: { network.width: 0.5 } }
`;

describe("modes", () => {
  test("cumulative: each row adds to the one before", () => {
    const found = plan(twoRows);
    expect(rowNames(found)).toEqual(["Inception-v2", "+ RMSProp", "+ smoothing"]);
    expect(changes(found)).toEqual([
      [],
      [
        "train.learningRate",
        "train.optimizer.name",
        "train.optimizer.nesterov",
        "train.optimizer.decay",
        "train.optimizer.epsilon",
      ],
      ["train.labelSmoothing"],
    ]);
    expect(found.rows.map(({ against }) => against)).toEqual([undefined, "Inception-v2", "+ RMSProp"]);
    expect(found.rows[2]!.experiment.train).toMatchObject({ labelSmoothing: 0.1, optimizer: { name: "rmsprop" } });
    expect(found.rows[1]!.paper).toEqual({ top1: 23.1, top5: 6.3, multiplyAdds: 3.8e9 });
  });

  test("one-in: each change alone, against the base", () => {
    const found = plan(`mode: one-in\n${factors}`);
    expect(rowNames(found)).toEqual(["base", "smooth", "narrow", "wide"]);
    expect(changes(found)).toEqual([[], ["train.labelSmoothing"], ["network.width"], ["network.width"]]);
    expect(found.rows.map(({ against }) => against)).toEqual([undefined, "base", "base", "base"]);
  });

  test("a first row without changes is the reference, under its own name", () => {
    expect(
      rowNames(plan(`mode: one-in\nrows: [{ name: plain }, { name: smooth, set: { train.labelSmoothing: 0.1 } }]`)),
    ).toEqual(["plain", "smooth"]);
  });

  test("one-out: all changes, then all but one", () => {
    const found = plan(
      `mode: one-out\nrows: [{ name: smooth, set: { train.labelSmoothing: 0.1 } }, { name: wide, set: { network.width: 0.5 } }]`,
    );
    expect(rowNames(found)).toEqual(["all", "without smooth", "without wide"]);
    expect(changes(found)).toEqual([
      ["network.width", "train.labelSmoothing"],
      ["train.labelSmoothing"],
      ["network.width"],
    ]);
    expect(found.rows.map(({ experiment }) => experiment.network.width)).toEqual([0.5, 0.5, 0.25]);
  });

  test("one-out: a first row without changes is not the base, and is not called so", () => {
    const found = plan(
      `mode: one-out\nrows: [{ name: base }, { name: smooth, set: { train.labelSmoothing: 0.1 } }, { name: wide, set: { network.width: 0.5 } }]`,
    );
    expect(rowNames(found)).toEqual(["all", "without smooth", "without wide"]);
    expect(found.rows.map(({ against }) => against)).toEqual([undefined, "all", "all"]);
  });

  test("grid: every combination; rows that set the same key are levels of one factor", () => {
    const found = plan(`mode: grid\n${factors}`);
    expect(rowNames(found)).toEqual(["base", "smooth", "narrow", "wide", "smooth, narrow", "smooth, wide"]);
    expect(found.rows.map(({ factors }) => factors.length)).toEqual([0, 1, 1, 1, 2, 2]);
    expect(found.rows[5]!.factors).toEqual(["smooth", "wide"]);
    expect(found.rows[5]!.experiment).toMatchObject({ network: { width: 0.5 }, train: { labelSmoothing: 0.1 } });
  });
});

describe("a row", () => {
  test("may not change more than it declares, as the defaults of another network would", () => {
    expect(problemIn("rows: [{ name: a }, { name: v3, set: { network.name: inception-v3 } }]")).toBe(
      'my.yaml:3:21: rows.1: "v3" changes more than it declares: network.stem conv7x7 -> conv3x3x3, network.auxiliary conv-norm -> bn',
    );
    expect(
      changes(
        plan(
          "rows: [{ name: a }, { name: v3, set: { network.name: inception-v3, network.stem: conv7x7, network.auxiliary: bn } }]",
        ),
      )[1],
    ).toEqual(["network.name", "network.auxiliary"]);
  });

  test("may not be the same experiment as another", () => {
    expect(problemIn("rows: [{ name: a }, { name: b, set: { network.width: 0.25 } }]")).toContain(
      'rows.1: "b" is the same experiment as "a"',
    );
    expect(problemIn(twoRows, ["train.labelSmoothing=0.1"])).toContain(
      '"+ smoothing" is the same experiment as "+ RMSProp"',
    );
  });

  test("with steps for the base's epochs declares both", () => {
    expect(changes(plan("rows: [{ name: a }, { name: b, set: { train.steps: 9 } }]"))[1]).toEqual([
      "train.epochs",
      "train.steps",
    ]);
  });

  test("takes infinities and sections as they stand", () => {
    expect(problemIn("rows: [{ name: a }, { name: b, set: { train.clipNorm: .inf } }]")).toBe(
      "my.yaml:3:55: train.clipNorm: expected a number above 0 or null, got Infinity",
    );
    expect(
      plan("rows: [{ name: a }, { name: b, set: { train.optimizer: { name: sgd } } }]").rows[1]!.experiment.train
        .optimizer,
    ).toEqual({ name: "sgd" });
  });
});

describe("what is wrong is said in one sentence with its place", () => {
  test.each([
    ["rows: []", /^my\.yaml:3:7: rows: expected a list, got a list of 0$/],
    ["row: [{ name: a }]", /my\.yaml:3:1: row: unknown key; did you mean rows\?/],
    ["rows: [{ name: a, sets: {} }]", /^my\.yaml:3:19: rows\.0\.sets: unknown key; did you mean rows\.0\.set\?$/],
    ["mode: one-iin\nrows: [{ name: a }]", /^my\.yaml:3:7: mode: expected one of cumulative, .*did you mean one-in\?$/],
    ["rows: [{ name: a }]\nseeds: [0, 1, 0]", /^my\.yaml:4:8: seeds: expected each seed once$/],
    ["rows: [{ name: a }]\nseeds: 4..0", /^my\.yaml:4:8: seeds: expected whole numbers.*got "4\.\.0"$/],
    ["rows: [{ name: a }, { name: a }]", /^my\.yaml:3:29: rows\.1\.name: a row before it is called "a" too$/],
    ["rows: [{ name: a, set: { seed: 3 } }]", /^my\.yaml:3:32: rows\.0\.set\.seed: is not a row's to set/],
    ["rows: [{ name: a, set: { __proto__: 3 } }]", /this key is refused$/],
    [
      "rows: [{ name: a, set: { train.optimizer.nme: sgd } }]",
      /^my\.yaml:3:47: train\.optimizer\.nme: unknown key; did you mean train\.optimizer\.name\?$/,
    ],
    [
      "rows: [{ name: a }]\nevaluate: { crops: 11 }",
      /^my\.yaml:4:20: evaluate\.crops: expected one of single, 10, .*got 11$/,
    ],
  ])("%j", (text, sentence) => {
    expect(problemIn(text)).toMatch(sentence);
  });

  test("and a --set says so", () => {
    expect(problemIn(twoRows, ["train.batch=0"])).toBe("--set train.batch: expected a whole number above 0, got 0");
  });
});

describe("cells", () => {
  const cells = (text: string, sets: readonly string[] = []) => cellsOf(plan(text, sets));

  test("are rows by seeds, whole pairs first, each with its seed in its experiment", () => {
    const found = cells(`seeds: 3..4\n${twoRows}`);
    expect(found.map(({ row, seed }) => `${row} ${seed}`)).toEqual([
      "Inception-v2 3",
      "+ RMSProp 3",
      "+ smoothing 3",
      "Inception-v2 4",
      "+ RMSProp 4",
      "+ smoothing 4",
    ]);
    expect(found.map(({ experiment }) => experiment.seed)).toEqual([3, 3, 3, 4, 4, 4]);
    expect(found[1]!.folder).toBe(`rmsprop-seed3-${found[1]!.id}`);
    expect(new Set(found.map(({ id }) => id)).size).toBe(6);
  });

  test("keep their identity under another name, another file order, and what changes nothing in training", () => {
    const ids = (text: string, sets: readonly string[] = []) => cells(text, sets).map(({ id }) => id);
    const before = ids(twoRows);
    expect(ids(twoRows.replace("+ RMSProp", "with RMSProp"))).toEqual(before);
    expect(
      ids(twoRows, [
        "log.everySteps=3",
        "checkpoint.keep=1",
        "data.decoders=1",
        "evaluate.batch=4",
        "name=other",
        "seed=9",
      ]),
    ).toEqual(before);
    expect(ids(twoRows, ["train.batch=16"])).not.toEqual(before);
    expect(ids(`seeds: [1]\n${twoRows}`)).not.toEqual(before);
  });
});

test.each([
  ["0..2", [0, 1, 2]],
  ["4", [4]],
  ["3, 1", [3, 1]],
  ["2..1", undefined],
  ["0..99999", undefined],
  ["a", undefined],
  ["", undefined],
])("seeds %j", (text, seeds) => {
  expect(parseSeeds(text)).toEqual(seeds);
});
