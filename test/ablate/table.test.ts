// AblationResults and tables from fixed numbers worked by hand.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curves, drawCurve, meanCurve, readLogs } from "../../src/ablate/curves.ts";
import { ablationDocument, ablationResultsSchema } from "../../src/ablate/document.ts";
import { effectsCsv, toCsv, toLatex, toMarkdown } from "../../src/ablate/formats.ts";
import { remarks } from "../../src/ablate/remarks.ts";
import { writeReport } from "../../src/ablate/report.ts";
import { type AblationResults, readResults } from "../../src/ablate/results.ts";
import { failures, resultTables } from "../../src/ablate/table.ts";
import { describeResults, withShortNames } from "../../src/cli/ablation-result.ts";
import { newFolder, pathsOf, planOf, put, putResult, ranksOf } from "./support.ts";

const plan = planOf(`rows:
  - { name: plain }
  - { name: + smoothing & 10%_, set: { train.labelSmoothing: 0.1 }, paper: { top1: 22.8, top5: 6.1, multiplyAdds: 3.8e9 } }
  - { name: + wide, set: { network.width: 0.5 } }
seeds: 0..2
`);
const smoothing = "+ smoothing & 10%_";
const diverged = {
  kind: "diverged",
  phase: "train",
  exit: 4,
  signal: null,
  message: "step 3 gave a loss that is not finite",
};
const folder = newFolder();
let results: AblationResults;

beforeAll(() => {
  for (const [seed, wrong] of [5, 6, 4].entries()) putResult(pathsOf(folder, plan, "plain", seed), ranksOf(wrong));
  for (const [seed, wrong] of [2, 3, 2].entries()) putResult(pathsOf(folder, plan, smoothing, seed), ranksOf(wrong));
  const [first, killed] = [0, 1].map((seed) => pathsOf(folder, plan, "+ wide", seed));
  put(first!.outcome, diverged);
  put(killed!.outcome, { kind: "killed", phase: "train", exit: null, signal: "SIGKILL", message: "killed by SIGKILL" });
  results = readResults(folder, plan);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("results", () => {
  // Errors 50, 60, 40 and 20, 30, 20: differences -30, -30, -20, mean -26.67, sd 5.774, t = -8 with two degrees of freedom, so
  // p = 1 - 8 / sqrt(66) = 0.0153; the interval is the mean +- 4.3027 * 5.774 / sqrt(3).
  test("are the mean, deviation and paired difference over seeds", () => {
    const [plain, smooth, wide] = results.rows;
    expect(plain!.top1.error).toMatchObject({ perSeed: [0.5, 0.6, 0.4], basis: "seeds" });
    expect(plain!.top1.error!.mean).toBeCloseTo(0.5, 12);
    expect(plain!.top1.error!.interval.low).toBeCloseTo(0.5 - (4.302653 * 0.1) / Math.sqrt(3), 6);
    expect(smooth!.top1.previous).toMatchObject({ to: "plain", seeds: [0, 1, 2], exactP: 0.25, leastP: 0.25 });
    expect(smooth!.top1.previous!.mean).toBeCloseTo(-0.8 / 3, 12);
    expect(smooth!.top1.previous!.adjustedP).toBeCloseTo(1 - 8 / Math.sqrt(66), 9);
    expect(smooth!.top5.error!.mean).toBe(0);
    expect(wide!.top1).toMatchObject({ error: null, previous: null, base: null });
    expect(results.pictures).toBe(10);
    expect(results.comparisons).toEqual({
      families: { previous: 1, base: 1 },
      table: { seeds: 1, pictures: 0 },
      oneSeed: false,
    });
  });

  test("count a network with the classes of its data", () => {
    const [plain, , wide] = results.rows;
    expect(plain!.cost.multiplyAdds).toBeLessThan(wide!.cost.multiplyAdds);
    expect(plain!.cost.parameters).toBe(readResults(folder, plan, { classes: 10 }).rows[0]!.cost.parameters);
    expect(plain!.cost.parameters).toBeLessThan(readResults(folder, plan, { classes: 11 }).rows[0]!.cost.parameters);
  });

  test("over different pictures are of those that all cells have, and say so", () => {
    const other = newFolder();
    putResult(pathsOf(other, plan, "plain", 0), ranksOf(5));
    putResult(pathsOf(other, plan, smoothing, 0), ranksOf(5).slice(0, 8));
    const found = readResults(other, plan);
    expect(found.pictures).toBe(8);
    expect(found.warnings).toEqual([expect.stringContaining("only the 8 that all of them have")]);
    expect(found.rows[0]!.top1.error!.mean).toBe(5 / 8);
    rmSync(other, { recursive: true });
  });
});

describe("the tables", () => {
  test("are of errors, of differences with their verdicts, of the tests behind them, and of cost beside the paper's figures", () => {
    const tables = resultTables(results);
    expect(tables.map(({ title }) => title)).toEqual([
      "Errors in %",
      "Top-1 error against the row above, in points: below zero is better",
      "The tests behind it",
      "Top-1 error against the first row, in points: below zero is better",
      "The tests behind it",
      "Cost: parameters in millions, multiply-adds in billions",
    ]);
    const [errors, above, tests, , , cost] = tables;
    expect(errors!.header).toEqual(["network", "seeds", "top-1", "over seeds", "and pictures", "top-5"]);
    expect(errors!.rows.map(([, seeds, top1, overSeeds, , top5]) => [seeds, top1, overSeeds, top5])).toEqual([
      ["3/3", "50.00", "[25.16, 74.84]", "0.00"],
      ["3/3", "23.33", "[8.99, 37.68]", "0.00"],
      ["0/3 survivors", "-", "", ""],
    ]);
    expect(above!.rows).toEqual([
      [smoothing, "-26.67", "[-41.01, -12.32]", expect.stringMatching(/^\[-\d+\.\d\d, /), "not distinguishable"],
    ]);
    expect(tests!.header).toEqual(["network", "p", "Holm", "table", "exact", "least", "Welch", "r", "from"]);
    expect(tests!.rows).toEqual([
      [smoothing, "0.015", "0.015", "0.015", "0.25", "0.25", expect.stringMatching(/^0\.0\d+$/), "0.87", "0.58"],
    ]);
    expect(cost!.rows[1]!.slice(3)).toEqual(["22.8 / 6.1", "3.8"]);
  });

  test("leave the row above out where rows do not build on each other, and top-5 below ten classes", () => {
    const tables = resultTables({ ...results, mode: "one-in", classes: 9 });
    expect(tables.map(({ title }) => title).filter((title) => title.includes("row above"))).toEqual([]);
    expect(tables[0]!.header).not.toContain("top-5");
  });

  test("fit into 80 columns: a name that is too long takes several lines", () => {
    const long = {
      ...results,
      rows: results.rows.map((row) => ({ ...row, name: "linear in factorized convolutions" })),
    };
    for (const text of [describeResults(results, "runs/ablate/small"), describeResults(long, "runs/ablate/small")])
      for (const line of text.split("\n").filter((line) => !line.includes("/log.txt")))
        expect(line.length, line).toBeLessThanOrEqual(80);
    const short = withShortNames({ title: "", header: ["network", "x"], rows: [["a b c", "1".repeat(70)]] });
    expect(short.rows).toEqual([["a b c", "1".repeat(70)]]);
  });

  test("says what failed, what is missing, and that the paper's figures are of another data set", () => {
    expect(failures(results).map(({ cell, message }) => `${cell}: ${message}`)).toEqual([
      "+ wide, seed 0: diverged: step 3 gave a loss that is not finite",
      "+ wide, seed 1: killed: killed by SIGKILL",
    ]);
    const text = remarks(results).join("\n");
    expect(text).toContain("Without a result: 3 of 9 cells.");
    expect(text).toMatch(/paper's columns .* ImageNet .* not comparable/);
  });

  test("with one seed says that only the pictures were tested", () => {
    const other = newFolder();
    const single = { ...plan, seeds: [0] };
    expect(remarks(readResults(other, single))).toEqual(["None of the 3 cells has a result yet."]);
    putResult(pathsOf(other, plan, "plain", 0), ranksOf(5));
    putResult(pathsOf(other, plan, smoothing, 0), ranksOf(3));
    const found = readResults(other, single);
    const text = remarks(found).join("\n");
    expect(text).toContain("Every comparison rests on one seed");
    expect(text).toContain("with one seed over pictures alone (Wilson, bootstrap)");
    expect(text).not.toContain("over trainings");
    expect(resultTables(found)[0]!.rows[0]!.slice(1, 5)).toEqual(["1/1", "50.00", "one seed", "[23.66, 76.34]"]);
    rmSync(other, { recursive: true });
  });

  test("say it of the rows themselves: one seed, survivors, seeds that are all alike; and what guessing gives", () => {
    const other = newFolder();
    for (const seed of [0, 1, 2]) putResult(pathsOf(other, plan, "plain", seed), ranksOf(5));
    putResult(pathsOf(other, plan, smoothing, 1), ranksOf(1));
    for (const seed of [0, 1]) putResult(pathsOf(other, plan, "+ wide", seed), ranksOf(2));
    put(pathsOf(other, plan, "+ wide", 2).outcome, diverged);
    const found = readResults(other, plan);
    const tables = resultTables(found);
    expect(tables[0]!.rows.map((row) => row.slice(1, 4))).toEqual([
      ["3/3", "50.00", "all equal"],
      ["1/3", "10.00", "one seed"],
      ["2/3 survivors", "20.00", "all equal"],
    ]);
    expect(tables.find(({ title }) => title.includes("first row"))!.rows.map((row) => row.at(-1))).toEqual([
      "one seed",
      "not distinguishable",
    ]);
    const text = remarks(found);
    expect(text).toContain("Guessing among 10 classes has an error of 90.00%, always naming the commonest 90.00%.");
    expect(text).toContain(
      `${smoothing}, + wide: one seed, which says nothing of what training again would change, and so has no verdict.`,
    );
    expect(text).toContain("+ wide: mean of survivors: other seeds diverged, and such a row cannot win.");
    expect(text).toContain("plain, + wide: every seed has the same error. Are these different trainings?");
    expect(text.find((line) => line.includes("every seed has the same difference"))).toMatch(/^\+ wide: .*Tango's/);
    rmSync(other, { recursive: true });
  });
});

describe("a grid", () => {
  const grid = planOf(`mode: grid
rows:
  - { name: smooth, set: { train.labelSmoothing: 0.1 } }
  - { name: wide, set: { network.width: 0.5 } }
seeds: 0..2
`);
  const wrong: Readonly<Record<string, readonly number[]>> = {
    base: [8, 9, 8],
    smooth: [6, 6, 7],
    wide: [5, 5, 5],
    "smooth, wide": [1, 2, 1],
  };
  const place = newFolder();
  beforeAll(() => {
    for (const [row, counts] of Object.entries(wrong))
      for (const [seed, count] of counts.entries()) putResult(pathsOf(place, grid, row, seed), ranksOf(count));
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  test("has main effects and interactions, in tables, CSV and JSON", () => {
    const found = readResults(place, grid);
    const effects = resultTables(found).filter(({ title }) => /effects|Interactions/.test(title));
    expect(effects.map(({ rows }) => rows.map((row) => row.slice(0, 2)))).toEqual([
      [
        // Of ten pictures, smooth: -2, -3, -1 alone and -4, -3, -4 with wide; wide: -3, -4, -3 alone and -5, -4, -6 with smooth.
        ["smooth", "-28.33"],
        ["wide", "-41.67"],
      ],
      [["smooth x wide", "-16.67"]],
    ]);
    expect(remarks(found).join(" ")).toContain("An effect is the error with a change minus the error without");
    const lines = effectsCsv(found)!.trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/^smooth x wide,2,3,1,-16\.6/);
    const document = ablationResultsSchema.parse(JSON.parse(JSON.stringify(ablationDocument(found))));
    expect(document.effects!.map(({ factors, settings }) => [factors.join(), settings])).toEqual([
      ["smooth", 2],
      ["wide", 2],
      ["smooth,wide", 1],
    ]);
    expect(writeReport(place, found)).toContain("effects.csv");
  });

  test("says how many effects are left out where a row has no result", () => {
    const partly = newFolder();
    for (const row of ["base", "smooth"]) putResult(pathsOf(partly, grid, row, 0), ranksOf(3));
    const found = readResults(partly, grid);
    expect(found.effects).toEqual([]);
    expect(remarks(found)).toContain("Left out: 3 effects of which not every row has a result with the same seed.");
    expect(effectsCsv(found)).toBeUndefined();
    rmSync(partly, { recursive: true });
  });
});

describe("formats", () => {
  test("Markdown lists the run folder of every figure, and what failed", () => {
    const text = toMarkdown(results);
    expect(text).toContain("| + smoothing & 10%\\_ | 1 | 30.00 | 0.00 | 1.3000 | cells/smoothing-10-seed1-");
    expect(text).toContain("- **+ smoothing & 10%\\_**: train.labelSmoothing 0 -> 0.1");
    expect(text).toContain("- + wide, seed 1: killed: killed by SIGKILL (`cells/wide-seed1-");
    const widths = text
      .split("\n\n")[1]!
      .split("\n")
      .map((line) => line.split("|").length);
    expect(new Set(widths).size).toBe(1);
  });

  test("CSV has figures in full, in per cent", () => {
    const [header, ...rows] = toCsv(results)
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const column = (name: string): string[] => rows.map((row) => row[header!.indexOf(name)]!);
    expect(rows).toHaveLength(3);
    expect(column("seeds_done")).toEqual(["3", "3", "0"]);
    expect(Number(column("top1_error")[1])).toBeCloseTo(70 / 3, 9);
    expect(Number(column("top1_to_row_above")[1])).toBeCloseTo(-80 / 3, 9);
    expect(column("top1_to_row_above_verdict")).toEqual(["", "not distinguishable", ""]);
    expect(column("seeds_diverged")).toEqual(["0", "0", "1"]);
    for (const p of ["p", "p_holm", "p_table"])
      expect(Number(column(`top1_to_first_row_${p}`)[1])).toBeCloseTo(1 - 8 / Math.sqrt(66), 9);
    expect(column("top1_to_first_row_p_exact")[1]).toBe("0.25");
    expect(column("top1_to_first_row_p_least")[1]).toBe("0.25");
    expect(column("top1_interval_by")).toEqual(["Student's t", "Student's t", ""]);
    expect(Number(column("top1_low95_with_pictures")[0])).toBeLessThan(25.16);
    expect(column("paper_imagenet_top1_error")).toEqual(["", "22.8", ""]);
  });

  test("LaTeX escapes what it must", () => {
    const text = toLatex(results);
    expect(text).toContain("+ smoothing \\& 10\\%\\_ & ");
    expect(text).toContain("``not distinguishable''");
    expect(text.match(/ \\\\$/gm)).toHaveLength(3 + 1 + 4 * (1 + 1) + 3 + 1);
    expect(text.match(/\\begin\{tabular\}/g)).toHaveLength(6);
  });

  test("JSON has the folders that the figures come from", () => {
    const { rows } = ablationResultsSchema.parse(JSON.parse(JSON.stringify(ablationDocument(results))));
    expect(rows[1]!.paper).toEqual({
      source: "arXiv 1512.00567, on ImageNet",
      top1Percent: 22.8,
      top5Percent: 6.1,
      multiplyAdds: 3.8e9,
    });
    expect(rows[1]!.cells[1]!.figures).toEqual({ top1: 0.3, top5: 0, loss: 1.3 });
    for (const { evaluation } of rows[1]!.cells)
      expect(existsSync(join(folder, evaluation, "summary.json"))).toBe(true);
    expect(rows[2]!.cells.map(({ state }) => state.kind)).toEqual(["diverged", "killed", "missing"]);
  });
});

describe("curves", () => {
  test("are means over seeds where they meet", () => {
    expect(
      meanCurve([
        [0.5, 4],
        [1, 2],
        [0.5, 2],
        [1, 1],
      ]),
    ).toEqual([
      [0.5, 3],
      [1, 1.5],
    ]);
    expect(meanCurve([])).toEqual([]);
    expect(meanCurve(Array.from({ length: 5000 }, (_, i) => [i, 1] as const)).length).toBeLessThanOrEqual(201);
  });

  test("are drawn for each row that has a result", () => {
    put(
      join(pathsOf(folder, plan, "plain", 0).run, "metrics.jsonl"),
      `{"kind":"train","step":1,"epoch":0.5,"loss":2.5}\n{"kind":"train","step":2,"epoch":1,"loss":2}\n{"kind":"validation","step":2,"top1":0.25,"loss":1.5}\n`,
    );
    const loss = drawCurve(curves.trainingLoss, readLogs(folder, results));
    expect(loss).toContain("plain (3 seeds)");
    expect(loss).not.toContain("+ wide");
    expect(loss).toMatch(/^<svg/);
    expect(drawCurve(curves.trainingLoss, [])).toBeUndefined();
  });
});

describe("the report", () => {
  const tables = ["table.md", "table.csv", "table.tex", "table.json"];

  test("is every file, and table.json keeps to its schema", () => {
    expect(writeReport(folder, results)).toEqual([
      ...tables,
      "training-loss.svg",
      "validation-loss.svg",
      "accuracy.svg",
    ]);
    const text = readFileSync(join(folder, "table.json"), "utf8");
    expect(ablationResultsSchema.parse(JSON.parse(text))).toMatchObject({ name: "small", pictures: 10 });
    expect(readFileSync(join(folder, "table.md"), "utf8")).toBe(toMarkdown(results));
  });

  test("has no curves before a cell is done", () => {
    const empty = newFolder();
    expect(writeReport(empty, readResults(empty, plan))).toEqual(tables);
    const text = readFileSync(join(empty, "table.json"), "utf8");
    expect(ablationResultsSchema.parse(JSON.parse(text)).rows.map(({ top1 }) => top1.error)).toEqual([
      null,
      null,
      null,
    ]);
    rmSync(empty, { recursive: true });
  });
});
