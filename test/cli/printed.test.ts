// What commands that need no trained network print with --json keeps to their schemas; and what is said about damaged runs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printedSchemas } from "../../src/cli/documents/printed.ts";
import { indexSchema, writeSaved } from "../../src/evaluate/saved.ts";
import { makeShapes } from "../../src/images/shapes/make.ts";
import { predictionLineSchema } from "../../src/results/prediction-lines.ts";
import { labels, protocolOf, rows, savedOf } from "../evaluate/saved-result.ts";
import { samples, tar } from "../images/sources/tar-file.ts";
import { needs } from "../needs.ts";
import { logitsOf } from "../statistics/scores.ts";
import { readPrinted } from "./printed.ts";

const bin = join(import.meta.dirname, "../../bin/inception.js");
let folder: string;
beforeAll(async () => {
  if (!existsSync("dist/cli/main.js")) throw new Error("run `npm run build` first: dist/ is missing");
  folder = mkdtempSync(join(tmpdir(), "inception-printed-"));
  await makeShapes(join(folder, "data/shapes"), { perClass: 3, size: 32, seed: 1 });
  writeFileSync(join(folder, "s.tar"), await tar(samples({ a: "cat", b: "dog" })));
  const gains = { crops: [1, 2], logits: logitsOf(rows.flatMap((row) => [...row, ...row])) };
  for (const name of ["a", "b"])
    writeSaved(join(folder, name), savedOf(rows, labels, { gains, protocol: protocolOf(name) }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inception = (...words: string[]) =>
  spawnSync(process.execPath, [bin, ...words], { encoding: "utf8", cwd: folder, maxBuffer: 1 << 26 });

test("each schema is of the document of its name", () => {
  for (const [name, { shape }] of Object.entries(printedSchemas)) expect(shape.schema.value).toBe(name);
});

const commands: readonly (readonly [keyof typeof printedSchemas, string])[] = [
  ["inception.data-check/2", "data check data/shapes"],
  ["inception.data-index/1", "data index s.tar"],
  ["inception.eval/3", "eval --from-saved a b -o both"],
  ["inception.eval.crops/1", "eval --crops-preview data/shapes/ring/PICTURE --crops 12"],
  ["inception.ablate-plan/2", "ablate table3 --dry-run --no-estimate"],
  [
    "inception.ablate-plan/2",
    'ablate table3 --power --set data.train=data/shapes --set data.validation={"holdOut":0.2}',
  ],
  ["inception.bench/1", "bench images --data data/shapes --steps 1 --warmup 1 --batch 2 --size 32"],
  ["inception.bench-reduce/1", "bench reduce --numbers 1000 --turns 1 --threads 1"],
  ["inception.doctor/1", "doctor"],
  ["inception.setup/1", "setup"],
];
test.each(commands)("%s from inception %s", { timeout: 60_000 }, (name, line) => {
  const [picture] = readdirSync(join(folder, "data/shapes/ring"));
  const { stdout, stderr } = inception(...line.replace("PICTURE", picture!).split(" "), "--json");
  expect(stdout, stderr).not.toBe("");
  readPrinted(name, stdout);
});

test.each([
  ["train nowhere.yaml", 2],
  ["data check nowhere", 3],
  ["train --no-such-option", 2],
])("of inception %s, which fails, there is the error's document, and its sentence on stderr", (line, code) => {
  const { status, stdout, stderr } = inception(...line.split(" "), "--json");
  expect(status).toBe(code);
  const { message, exitCode } = readPrinted("inception.error/1", stdout);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(`error: ${message}`);
});

test("a check that fails has its own document alone", () => {
  mkdirSync(join(folder, "bad", "ring"), { recursive: true });
  mkdirSync(join(folder, "bad", "star"));
  for (const name of ["ring/a.png", "star/b.png"]) writeFileSync(join(folder, "bad", name), "no picture");
  const { status, stdout } = inception("data", "check", "bad", "--json");
  expect(status).toBe(3);
  readPrinted("inception.data-check/2", stdout);
});

test("bench computes with the kernels that are asked for, and says so", { timeout: 60_000 }, () => {
  const words = "bench eval --network googlenet --size 64 --batch 1 --steps 1 --warmup 1 --json --kernels".split(" ");
  const { stdout, stderr } = inception(...words, "tensorflow");
  expect(stdout, stderr).not.toBe("");
  readPrinted("inception.bench/1", stdout);
  expect(JSON.parse(stdout)).toMatchObject({ kernels: "tensorflow", network: "googlenet" });
});

test("bench kernels races each shape, in a table and as a document", { timeout: 120_000, ...needs("avx2") }, () => {
  const words = "bench kernels googlenet --size 32 --batch 1 --turns 1".split(" ");
  const document = inception(...words, "--json").stdout;
  readPrinted("inception.bench-kernels/3", document);
  const { stdout, stderr } = inception(...words);
  expect(stderr).toMatch(/^0 of \d+ shapes raced/);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => /^\d+x\d+x\d+ /.test(line))).toHaveLength(JSON.parse(document).races.length);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("the files of an evaluation keep to their schemas, too", () => {
  inception("eval", "--from-saved", "a", "-o", "one");
  const read = (name: string): string => readFileSync(join(folder, "one", name), "utf8");
  indexSchema.strict().parse(JSON.parse(read("index.json")));
  readPrinted("inception.eval/3", read("summary.json"));
  const lines = read("predictions.jsonl").trimEnd().split("\n");
  expect(lines.map((line) => predictionLineSchema.parse(JSON.parse(line)).name)).toEqual(savedOf(rows, labels).names);
});

describe("a damaged run.json", () => {
  beforeAll(() => {
    const run = join(folder, "runs/train/stranger-1");
    mkdirSync(join(run, "checkpoints"), { recursive: true });
    writeFileSync(join(run, "run.json"), '{"argv": [');
    writeFileSync(join(run, "config.yaml"), "data: { train: data/shapes }\n");
  });

  test("is passed over with a warning by what looks for the newest run", () => {
    const { status, stderr } = inception("eval");
    expect(status).toBe(6);
    expect(stderr).toMatch(/^warning: .*stranger-1\/run\.json is damaged: .*\nerror: there is no run in runs\/train/);
  });

  test("is made anew where its run is named, which goes on if it has a checkpoint", () => {
    const { status, stderr } = inception("train", "--resume", "runs/train/stranger-1");
    expect(status).toBe(6);
    expect(stderr).toMatch(
      /^warning: .*stranger-1\/run\.json is damaged: .*kept as run\.json\.damaged and made anew\n/,
    );
    expect(stderr).toMatch(/\nerror: .*stranger-1 ended before its first checkpoint: .*\nhint: begin it anew: /);
  });
});
