// Where the network looked in the worst mistakes, as the report shows it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { type Report, runReport } from "../../src/run-report/report.ts";
import { readRun } from "../../src/run-report/run.ts";
import { randomWeights } from "../graph/weights.ts";
import { makeUpRun } from "./made-up.ts";

const root = mkdtempSync(join(tmpdir(), "inception-looks-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The checkpoint that the made-up evaluation names; its weights are random, times `factor`. */
async function withCheckpoint(run: string, factor = 1): Promise<string> {
  const { state: other, experiment } = await readRun(run);
  const state = { ...other!, experiment };
  const { network, preprocessing } = state;
  const weights = randomWeights(buildNetwork(network, preprocessing.size), preprocessing.size);
  for (const tensor of weights.values())
    for (const [i, value] of tensor.data.entries()) tensor.data[i] = factor * value;
  writeCheckpoint(join(run, "checkpoints"), { step: 5, files: { weights, average: weights }, state });
  return run;
}

let run: string;
let report: Report;
beforeAll(async () => {
  run = await withCheckpoint(await makeUpRun(root));
  report = await runReport(run, { budget: 1e6 });
}, 120_000);

test("each of the worst mistakes has two overlays beside it, for its label and for what it was taken for", () => {
  expect(report.remarks).toEqual([]);
  const figures = report.text.match(/<figure><div class="looks">[\s\S]*?<\/figure>/g)!;
  expect(figures.length).toBeGreaterThan(0);
  for (const figure of figures) {
    const words = figure.replace(/<figure>[\s\S]*<figcaption>|<[^>]*>/g, "");
    const [, label, taken] = /^(\w+), taken for (\w+)/.exec(words)!;
    expect(figure.match(/<img /g)).toHaveLength(3);
    expect(figure).toContain(`alt="The places in it that speak for ${label}"`);
    expect(figure).toContain(`alt="The places in it that speak for ${taken}"`);
  }
  expect(report.pictures).toBe(report.text.match(/<img /g)!.length);
});

test("overlays have a quarter of the budget at the most, and a page without pictures none", async () => {
  const { text } = await runReport(run, { budget: 4000 });
  const overlays = [...text.matchAll(/src="(data:[^"]*)"[^>]*alt="The places/g)].map(([, address]) => address!.length);
  expect(overlays.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(1000);
  expect((await runReport(run, { budget: 0 })).text).not.toContain('class="looks"');
});

test("a checkpoint that cannot be used is a remark, and all else is shown", async () => {
  const path = await withCheckpoint(await makeUpRun(join(root, "diverged")), Number.NaN);
  const { text, remarks } = await runReport(path, { budget: 1e6 });
  expect(remarks).toEqual([expect.stringMatching(/^Where it looks cannot be shown: .*expected finite numbers/)]);
  expect(text).toContain('alt="A picture labelled');
});
