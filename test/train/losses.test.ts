// The losses of small runs, pinned: all that steps and validations are made of, held across commits. With RECORD_LOSSES=1 they are
// recorded anew, which a change of the numbers must say in its commit.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRun } from "../../src/run/folder.ts";
import { readMetrics } from "../../src/run/metrics.ts";
import { type Arithmetic, arithmetic, differingKeys } from "../../src/runtime/arithmetic.ts";
import { runTraining } from "../../src/train/run.ts";
import { fromSeed } from "../../src/train/start.ts";
import { openSets } from "../../src/train/training.ts";
import { experimentOn, newFolder, shapes } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Line = { readonly name: string; readonly values: Readonly<Record<string, number>> };

/**
 * How far other kernels, processors and numbers of threads may be from the recording, as a share of it. They round differently, by 1e-7 to
 * 1e-5 of a result, and each step multiplies by about five what that makes of the weights: with one, two and three threads losses were
 * 1e-5 apart after six steps of GoogLeNet and gradients, which follow the loss's curvature, 7e-4. Batch norm
 * over small maps multiplies by a hundred: of Inception V3 two steps can be told, not six, and between the two sets of kernels the gradient
 * of its second step is 7e-3 apart, a third of the limit.
 */
const losses = 2e-4;
const limits: Readonly<Record<string, number>> = {
  loss: losses,
  auxiliaryLoss: losses,
  averageLoss: losses,
  regularization: losses,
  gradientNorm: 2e-2,
};

/** What its metrics say of every step and every validation. */
async function measured(sets: readonly string[]): Promise<Line[]> {
  const experiment = experimentOn(await shapes(folder), ...sets);
  const run = createRun(folder, "pinned", "", { argv: [], versions: {}, dataFingerprint: "" });
  const no = () => {};
  const watcher = {
    started: no,
    phase: no,
    features: no,
    step: no,
    validating: no,
    validated: no,
    saved: no,
    warning: no,
  };
  const opened = await openSets(experiment);
  const stop = new AbortController().signal;
  await runTraining({ experiment, sets: opened, folder: run, start: fromSeed(experiment), watcher, stop });
  run.close(0);
  return readMetrics(run.metrics).lines.map((line) => ({
    name: `${line.kind} ${line.step}`,
    values: Object.fromEntries(
      Object.keys(limits).flatMap((key) => (line[key] === undefined ? [] : [[key, Number(line[key])]])),
    ),
  }));
}

/** First the arithmetic of the recording, then a line for each step and each validation. */
const format = (of: Arithmetic, lines: readonly Line[]): string =>
  `${[of, ...lines].map((value) => JSON.stringify(value)).join("\n")}\n`;
function read(file: string): { readonly arithmetic: Arithmetic; readonly lines: readonly Line[] } {
  const [first, ...lines] = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  return { arithmetic: first as Arithmetic, lines: lines as Line[] };
}

test.each([
  {
    name: "googlenet",
    sets: [
      "network={name: googlenet, width: 0.25, stemStride: 1, stemPool: false, auxiliary: both}",
      ...[
        "data.size=48",
        "train.steps=6",
        "train.batch=16",
        "train.learningRate=0.05",
        "train.optimizer={name: momentum}",
      ],
    ],
  },
  { name: "inception-v3", sets: ["train.steps=2", "train.batch=32", "train.learningRate=0.02"] },
])("$name: as recorded, to the bit under the recording's arithmetic", { timeout: 60_000 }, async ({ name, sets }) => {
  const file = join(import.meta.dirname, `../golden/losses-${name}.txt`);
  const now = arithmetic("float32");
  const found = await measured(sets);
  if (process.env.RECORD_LOSSES === "1") writeFileSync(file, format(now, found));
  const recorded = read(file);
  expect(found.map(({ name }) => name)).toEqual(recorded.lines.map(({ name }) => name));
  for (const [i, { name, values }] of found.entries())
    for (const [key, value] of Object.entries(values))
      expect(Math.abs(value / recorded.lines[i]!.values[key]! - 1), `${name}, ${key}`).toBeLessThan(limits[key]!);
  if (differingKeys(recorded.arithmetic, now).length === 0) expect(found).toEqual(recorded.lines);
});
