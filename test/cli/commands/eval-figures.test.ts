// eval's figures, lists and options, and compare, as a user runs them on a tiny model.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { parseCsv } from "../../../src/images/sources/csv.ts";
import { evaluationSchema } from "../../../src/results/evaluation-schema.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-eval-figures-"));
const shapes = join(folder, "shapes");
const inception = (...words: string[]) =>
  promisify(execFile)(process.execPath, ["bin/inception.js", ...words], { maxBuffer: 1 << 26 });
const failure = (...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  inception(...words).then(
    () => expect.fail("it succeeded"),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
const evaluate = async (...words: string[]) =>
  evaluationSchema.parse(JSON.parse((await inception("eval", ...words, "--json")).stdout));

let run: string;
let classes: string[];
beforeAll(async () => {
  if (!existsSync("dist/cli/main.js")) throw new Error("run `npm run build` first: dist/ is missing");
  await makeShapes(shapes, { perClass: 5, size: 48, seed: 1 });
  classes = readdirSync(shapes)
    .filter((name) => !name.startsWith("."))
    .sort();
  const config = join(folder, "tiny.yaml");
  writeFileSync(
    config,
    `
name: tiny
network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${shapes}, validation: { holdOut: 0.5 }, size: 32 }
train: { steps: 2, batch: 8, learningRate: 0.05, averageDecay: 0.5, batchNormDecay: 0.5 }
`,
  );
  await inception("train", config, "-o", join(folder, "runs"));
  run = join(folder, "runs", "tiny-1");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A list of all pictures but those of `without`, with the labels numbered in reverse order, and the file that names them. */
function numberedList(without?: string): string[] {
  const names = classes.filter((name) => name !== without).reverse();
  const rows = names.flatMap((name, label) =>
    readdirSync(join(shapes, name)).map((file) => `shapes/${name}/${file},${label}`),
  );
  writeFileSync(join(folder, "list.csv"), `path,label\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "names.txt"), `${names.join("\n")}\n`);
  return ["--data", join(folder, "list.csv"), "--labels", join(folder, "names.txt")];
}

test("a numbered list gives the figures of the folder, and a blacklist both numbers and both n", async () => {
  const whole = await evaluate(run, "--data", shapes, "-o", join(folder, "whole"));
  const file = join(folder, "black.txt");
  writeFileSync(file, "# two in each class\n1\n0002\n");
  const listed = await evaluate(run, ...numberedList(), "--blacklist", file, "-o", join(folder, "listed"));
  expect(listed.data.evaluated).toBe(50);
  // Resamples depend on the order of the pictures.
  const counted = ({ top1, top5, classes }: typeof listed) => [
    top1,
    top5,
    classes.map(({ intervals95, ...figures }) => figures),
  ];
  expect(counted(listed)).toEqual(counted(whole));
  expect(listed.loss).toBeCloseTo(whole.loss, 5);
  expect(listed.blacklist).toMatchObject({ lines: 2, leftOut: 20, evaluated: 30 });
  expect(whole.blacklist).toBeUndefined();
  expect(whole.guessing).toMatchObject({ chance: 0.1, majority: { share: 0.1 } });
  // Its run validated on some of these pictures, and trained on all the others.
  expect(whole.model!.chosenHere).toBeUndefined();
  const own = await evaluate(run, "-o", join(folder, "own"));
  expect([own.model!.chosenHere, own.model!.trainedHere]).toEqual([true, undefined]);
  expect(whole.model!.trainedHere).toBe(50 - own.data.evaluated);
  const { stdout } = await inception("eval", "--from-saved", join(folder, "whole"), "-o", join(folder, "again"));
  expect(stdout).toContain(`the model was trained on ${50 - own.data.evaluated} of these 50 pictures`);
  expect(readFileSync(join(folder, "whole", "confusion.csv"), "utf8").split("\n")).toHaveLength(12);
});

test("--background-class leaves the first class out of list, ranking and files", async () => {
  const [first] = classes;
  const summary = await evaluate(run, ...numberedList(first), "--background-class", "-o", join(folder, "foreground"));
  expect(summary.classes.map(({ name }) => name)).toEqual(classes.slice(1));
  expect(summary.data.evaluated).toBe(45);
  expect(summary.protocol.background).toMatch(/class 0 is background/);
  expect(await failure("eval", run, "--data", shapes, "--background-class")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`"${first}" is not one of the model's`),
  });
});

test("--each gives every model a row of its own, and its failures their exit code", async () => {
  const [checkpoint] = readdirSync(join(run, "checkpoints"));
  const csv = join(folder, "each.csv");
  const words = [
    run,
    folder,
    join(run, "checkpoints", checkpoint!),
    "--data",
    shapes,
    "--limit",
    "10",
    "--csv",
    csv,
    "-o",
    join(folder, "each"),
  ];
  const { code, stdout, stderr } = await failure("eval", "--each", ...words, "--json");
  expect(code).toBe(6);
  expect(stderr).toMatch(/is neither a checkpoint nor a run with one/);
  const { runs } = readPrinted("inception.eval-each/1", stdout);
  expect(runs.map((row) => "error" in row)).toEqual([false, true, false]);
  expect(runs[2]).toMatchObject({ n: 10, network: "bn-inception", crops: "single" });
  expect(parseCsv(readFileSync(csv, "utf8"), csv)).toHaveLength(4);
  expect(await failure("eval", run, "--csv", csv)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--each/) });
  expect(await failure("eval", "--each")).toMatchObject({ code: 2 });
});

test("what cannot be used is said in one sentence", async () => {
  expect(await failure("eval", run, "--labels", join(folder, "names.txt"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --labels names the labels of a list/m),
  });
  expect(await failure("eval", run, "--blacklist", join(folder, "none.txt"))).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/none\.txt: no such file/),
  });
  const few = join(folder, "few.txt");
  writeFileSync(few, "a\nb\n");
  const [data, list] = numberedList();
  expect(await failure("eval", run, data!, list!, "--labels", few)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/has the label "2", expected a number from 0 to 1/),
  });
});

test("compare pairs two evaluations of a run, and refuses others with exit code 2", async () => {
  const report = (await inception("eval", run)).stdout;
  expect(report).toMatch(/^guessing {3}10\.00% by chance, \d+\.\d\d% by always naming "\w+"$/m);
  expect(report).toMatch(/^note {7}the checkpoint validated best on these very pictures/m);
  await inception("eval", run, "--raw");
  const [a, b] = ["average", "raw"].map((kind) => join(run, "eval", `step-2-${kind}`)) as [string, string];
  const { stdout } = await inception("compare", a, b, "--json");
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ schema: "inception.compare/2", a: { path: a }, b: { path: b } });
  expect(document.remarks).toEqual([expect.stringMatching(/^Of A and B the checkpoint that validated best/)]);
  const { both, onlyA, onlyB, neither } = document.top1.agreement;
  expect(both + onlyA + onlyB + neither).toBe(document.top1.n);
  expect((await inception("compare", a, b)).stdout).toMatch(/^top-1: A - B = /m);
  expect(await failure("compare", run, b)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/2 stored results/),
  });
  expect(await failure("compare", join(folder, "whole"), b)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/not over the same pictures: 50 pictures listed and/),
  });
});
