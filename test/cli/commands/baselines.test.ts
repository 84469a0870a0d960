// The paper's baselines trained, evaluated and asked as a user does it, on a small drawn set.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { readMetrics } from "../../../src/run/metrics.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-baselines-"));
const inception = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ["bin/inception.js", ...args], { maxBuffer: 1 << 26 })).stdout;

beforeAll(() => makeShapes(join(folder, "shapes"), { perClass: 4, size: 32, seed: 1 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["googlenet", { auxiliary: true }],
  ["bn-inception", { auxiliary: false }],
] as const)("%s", (name, { auxiliary }) => {
  const run = join(folder, "runs", `${name}-1`);

  beforeAll(async () => {
    const config = join(folder, `${name}.yaml`);
    writeFileSync(
      config,
      `
name: ${name}
network: { name: ${name}, width: 0.125, stemStride: 1 }
data: { train: ${join(folder, "shapes")}, validation: { holdOut: 0.3 }, size: 32 }
train: { steps: 6, batch: 8, learningRate: 0.01, averageDecay: 0.9, batchNormDecay: 0.5 }
log: { everySteps: 1 }
`,
    );
    await inception("train", config, "-o", join(folder, "runs"));
  });

  test("trains: finite losses that are not all the same, of its auxiliary heads where it has them", () => {
    const { lines } = readMetrics(join(run, "metrics.jsonl"));
    const steps = lines.filter(({ kind }) => kind === "train");
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const losses = steps.map(({ loss }) => loss as number);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(new Set(losses).size).toBe(6);
    // Two heads, each near the logarithm of ten classes at the start.
    const heads = steps[0]!.auxiliaryLoss as number;
    expect(heads).toBeCloseTo(auxiliary ? 2 * Math.log(10) : 0, 1);
  });

  test("evaluates each picture once, to the loss that training saw, and predicts", async () => {
    const found = JSON.parse(await inception("eval", run, "--checkpoint", "last", "--json"));
    expect(found.data.evaluated).toBe(found.data.listed);
    const { lines } = readMetrics(join(run, "metrics.jsonl"));
    const validation = lines.findLast(({ kind }) => kind === "validation")!;
    expect(found.loss).toBeCloseTo(validation.averageLoss as number, 6);
    const picture = join(folder, "shapes", "star", readdirSync(join(folder, "shapes", "star"))[0]!);
    const { predictions } = JSON.parse(await inception("predict", picture, "--model", run, "-k", "3", "--json"));
    expect(predictions[0].top).toHaveLength(3);
  });
});
