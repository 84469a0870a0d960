// The command line on photographs: a few training steps, then an evaluation in which every picture counts once.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { readMetrics } from "../../src/run/metrics.ts";
import { needs, photographs } from "../needs.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-real-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inception = async (...args: string[]) =>
  JSON.parse((await promisify(execFile)(process.execPath, ["bin/inception.js", ...args, "--json"])).stdout);

test.each([
  ["imagenette-train.tar", 75, 2, 9469],
  ["cifar10.tar.gz/train", 32, 1, 50_000],
] as const)(
  "%s at %i pixels: six steps, and every held-out picture evaluated",
  needs("imagenette", "cifar"),
  async (archive, size, stride, listed) => {
    const config = join(folder, `${size}.yaml`);
    writeFileSync(
      config,
      `
name: real
network: { name: inception-v3, width: 0.1, auxiliary: off, stemStride: ${stride}, stemPool: ${stride === 2} }
data: { train: ${join(photographs, archive)}, validation: { holdOut: 0.01 }, size: ${size} }
train: { steps: 6, batch: 8, learningRate: 0.01 }
log: { everySteps: 1 }
`,
    );
    const { run, finished } = await inception("train", config, "-o", join(folder, "runs"));
    expect(finished).toBe(true);
    const losses = readMetrics(join(run, "metrics.jsonl")).lines.flatMap(({ kind, loss }) =>
      kind === "train" ? [loss as number] : [],
    );
    expect(losses).toHaveLength(6);
    for (const loss of losses) expect(Math.abs(loss - Math.log(10))).toBeLessThan(1);
    const { data, classes } = await inception("eval", run);
    expect(data.evaluated).toBe(data.listed);
    expect(data.listed).toBeGreaterThan(0.007 * listed);
    expect(data.listed).toBeLessThan(0.013 * listed);
    expect(classes).toHaveLength(10);
  },
);

test("the range test on photographs of four classes suggests a rate within a factor of 10 of the recipe's", {
  ...needs("imagenette"),
  timeout: 600_000,
}, async () => {
  const classes = ["n01440764", "n02979186", "n03425413", "n03445777"].map((name) => `train/${name}`);
  await promisify(execFile)("tar", ["xf", join(photographs, "imagenette-train.tar"), "-C", folder, ...classes]);
  const file = join(folder, "rates.svg");
  const { key, suggestion, given } = await inception("train", join(folder, "train"), "--find-rate", "-o", file);
  expect([key, given]).toEqual(["train.learningRate", 0.05]);
  expect(suggestion / given).toBeGreaterThan(0.1);
  expect(suggestion / given).toBeLessThan(10);
});
