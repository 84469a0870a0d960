// inception report as it is typed: what it writes where, what it prints, and what it refuses; and that a report never harms its run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { registerReport } from "../../../src/cli/commands/report.ts";
import { keepReport, refreshReport, refreshReportAround } from "../../../src/cli/reporting.ts";
import { loadExperiment } from "../../../src/config/load.ts";
import { openSets } from "../../../src/train/training.ts";
import { makeUpRun } from "../../run-report/made-up.ts";
import { readPrinted } from "../printed.ts";

const root = mkdtempSync(join(tmpdir(), "inception-report-command-"));
let path: string;
beforeAll(async () => {
  path = await makeUpRun(root, { perClass: 6 });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function report(...words: string[]): Promise<string> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride();
  registerReport(program);
  await program.parseAsync(["report", ...words], { from: "user" });
  const text = written.mock.calls.map(([words]) => String(words)).join("");
  written.mockRestore();
  return text;
}

test("is written into the run's folder, or where -o says, and said", async () => {
  expect(await report(path, "--pictures", "0")).toMatch(/^written to \S+made-up-1\/report\.html \(0\.\d MB\)\n$/);
  expect(readFileSync(join(path, "report.html"), "utf8")).toMatch(/^<!doctype html>/);
  const file = join(root, "other.html");
  const printed = readPrinted("inception.report/1", await report(path, "-o", file, "--json"));
  expect(printed).toMatchObject({ file, remarks: [], evaluation: join(path, "eval", "step-60-average") });
  expect(printed.bytes).toBe(readFileSync(file).length);
  expect(printed.pictures).toBeGreaterThan(0);
});

test("is refused for what is no run, evaluation or ablation", async () => {
  await expect(report(join(root, "photos"))).rejects.toThrow(/photos is no run, evaluation or ablation/);
});

test("of several runs has their accuracies, the verdict of compare and their curves over each other", async () => {
  const other = await makeUpRun(root, { perClass: 6 });
  const file = join(root, "both.html");
  expect(await report(path, other, "-o", file)).toContain(`written to ${file}`);
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/<strong>not distinguishable<\/strong>; A - B = \+0\.00 points of top-1/);
  for (const title of ["Top-1 with 95% intervals", "Validation accuracy", "Validation loss", "Learning rate"])
    expect(text).toContain(`<title>${title}</title>`);
  expect(text.match(/made-up-2/g)!.length).toBeGreaterThan(3);
  await expect(report(path, path)).rejects.toThrow("a run is given twice");
  await expect(report(path, join(root, "photos"))).rejects.toThrow(/photos is not a run folder/);
});

test("is written around a result that lies in a run, and nowhere else", async () => {
  rmSync(join(path, "report.html"), { force: true });
  expect(await refreshReportAround(join(path, "eval", "step-60-average"))).toBe(join(path, "report.html"));
  expect(existsSync(join(path, "report.html"))).toBe(true);
  expect(await refreshReportAround(join(root, "photos"))).toBeUndefined();
});

test("what keeps it from being written is a warning", async () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const broken = join(root, "broken");
  mkdirSync(broken);
  expect(await refreshReport(broken)).toBeUndefined();
  expect(String(said.mock.calls[0]![0])).toMatch(/^warning: \S+report\.html was not written: /);
});

test("a keeper writes it without pictures while the run trains, and with them at its end", async () => {
  const { experiment } = await loadExperiment(join(path, "config.yaml"));
  const keeper = keepReport(path, await openSets(experiment));
  keeper.refresh();
  keeper.refresh();
  await vi.waitFor(() => expect(readFileSync(join(path, "report.html"), "utf8")).not.toContain("<img "), 10_000);
  expect(await keeper.finish()).toBe(join(path, "report.html"));
  expect(readFileSync(join(path, "report.html"), "utf8")).toContain("<img ");
});
