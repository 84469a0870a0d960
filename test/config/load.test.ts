import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadExperiment, parseExperiment } from "../../src/config/load.ts";
import { UserError } from "../../src/errors.ts";

const oneValue = (what: string): string =>
  `with one picture at a time ${what} a single value, whose variance is 0: its output is the same for every picture and what comes ` +
  "before it does not learn from it; take 2 pictures or more";

function problemIn(text: string, sets: readonly string[] = []): string {
  try {
    parseExperiment(text, "my.yaml", sets);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    return (error as UserError).message;
  }
  throw new Error("expected a problem, found none");
}

const data = "data: { train: photos }\n";

describe("what is wrong is said in one sentence", () => {
  test.each([
    ["", "my.yaml: data: expected a section, got nothing"],
    ["3", "my.yaml:1:1: expected a section, got 3"],
    ["[1]", "my.yaml:1:1: expected a section, got a list of 1"],
    ["data: { train: 3 }", "my.yaml:1:16: data.train: expected a text, got 3"],
    ["data: {}", "my.yaml:1:1: data.train: expected a text, got nothing"],
    [`${data}seed: -1`, "my.yaml:2:7: seed: expected a whole number at least 0, got -1"],
    [`${data}trian: {}`, "my.yaml:2:1: trian: unknown key; did you mean train?"],
    [`${data}batch: 3`, "my.yaml:2:1: batch: unknown key; did you mean train.batch?"],
    [`${data}zebra: 3`, "my.yaml:2:1: zebra: unknown key"],
    [
      `${data}name: a/b`,
      'my.yaml:2:7: name: expected a name of at most 100 letters, digits and . _ - that starts with a letter or digit, got "a/b"',
    ],
    [`${data}train:\n  batch: 32x`, 'my.yaml:3:10: train.batch: expected a whole number above 0, got "32x"'],
    [`${data}train:\n  batch: 1_000`, 'my.yaml:3:10: train.batch: expected a whole number above 0, got "1_000"'],
    [`${data}train:\n  batch: 1e300`, "my.yaml:3:10: train.batch: expected a whole number above 0, got 1e+300"],
    [`${data}train:\n  steps: 1:30`, 'my.yaml:3:10: train.steps: expected a whole number above 0, got "1:30"'],
    [`${data}train:\n  learningRate: .nan`, "my.yaml:3:17: train.learningRate: expected a number above 0, got NaN"],
    [
      `${data}train:\n  clipNorm: .inf`,
      "my.yaml:3:13: train.clipNorm: expected a number above 0 or null, got Infinity",
    ],
    [
      `${data}train:\n  averageDecay: 2`,
      "my.yaml:3:17: train.averageDecay: expected a number from 0 to 1 or null, got 2",
    ],
    [`${data}train:`, "my.yaml:2:7: train: expected a section, got nothing"],
    [`${data}augment: { flip: yes }`, 'my.yaml:2:18: augment.flip: expected true or false, got "yes"'],
    [
      `${data}augment: { area: [0.1] }`,
      "my.yaml:2:18: augment.area: expected a list of 2, each a number from 0 to 1, got a list of 1",
    ],
    [`${data}augment: { area: [0.1, 3] }`, "my.yaml:2:24: augment.area.1: expected a number from 0 to 1, got 3"],
    [
      `${data}augment: { color: fats }`,
      'my.yaml:2:19: augment.color: expected one of off, fast, slow, got "fats"; did you mean fast?',
    ],
    [
      `${data}network: { name: inceptoin-v3 }`,
      'my.yaml:2:18: network.name: expected one of googlenet, bn-inception, inception-v2, inception-v3, got "inceptoin-v3"; did you mean inception-v3?',
    ],
    [
      `${data}network: { width: 1 }`,
      "my.yaml:2:1: network.name: expected one of googlenet, bn-inception, inception-v2, inception-v3, got nothing",
    ],
    [
      `${data}network: { name: inception-v3, stemStride: 3 }`,
      "my.yaml:2:44: network.stemStride: expected one of 1, 2, got 3",
    ],
    [
      `${data}network: { name: googlenet, stem: table1 }`,
      'my.yaml:2:35: network.stem: expected one of conv7x7, conv7x7-separable, got "table1"',
    ],
    [`${data}network: { name: googlenet, bnScale: true }`, 'my.yaml:2:29: network.bnScale: not a key of "googlenet"'],
    [
      `${data}network: { name: bn-inception, poolProj4cd: 97 }`,
      "my.yaml:2:45: network.poolProj4cd: expected one of 96, 128, got 97",
    ],
    [
      `${data}train: { optimizer: { name: sgd, epsilon: 1 } }`,
      'my.yaml:2:34: train.optimizer.epsilon: not a key of "sgd"',
    ],
    ["data: { train: x, validation: 3 }", "my.yaml:1:31: data.validation: expected a text or a section, got 3"],
    [
      "data: { train: x, validation: { holdOut: 1 } }",
      "my.yaml:1:42: data.validation.holdOut: expected a number at least 0 and below 1, got 1",
    ],
  ])("%j", (text, sentence) => {
    expect(problemIn(text)).toBe(sentence);
  });
});

describe("what the keys say about each other", () => {
  test.each([
    [
      `${data}train: { epochs: 1, steps: 5 }`,
      "my.yaml:2:28: train.steps: expected either train.epochs or train.steps, got both",
    ],
    [
      `${data}train: { batch: 10, microBatch: 3 }`,
      "my.yaml:2:33: train.microBatch: expected a divisor of train.batch (10), got 3",
    ],
    [
      `${data}train: { warmupEpochs: 10 }`,
      "my.yaml:2:24: train.warmupEpochs: expected less than train.epochs (10), got 10",
    ],
    [
      `${data}augment: { area: [1, 0.5] }`,
      "my.yaml:2:18: augment.area: expected the smaller value first, got [1, 0.5]",
    ],
    [
      `${data}augment: { aspect: [2, 1] }`,
      "my.yaml:2:20: augment.aspect: expected the smaller value first, got [2, 1]",
    ],
    [`${data}augment: { area: [0, 0.5] }`, "my.yaml:2:18: augment.area: expected a smallest share above 0, got 0"],
  ])("%j", (text, sentence) => {
    expect(problemIn(text)).toBe(sentence);
  });

  test("a picture too small for the network names the smallest that fits", () => {
    expect(problemIn("data: { train: x, size: 74 }")).toMatch(
      /^my\.yaml:1:25: data\.size: inception-v3 with this stem needs an input of at least 75 px, got 74 px/,
    );
    expect(() => parseExperiment("data: { train: x, size: 75 }", "my.yaml")).not.toThrow();
  });

  test.each([
    [
      "data: { train: x, validation: x }",
      "my.yaml:1:31: data.validation: is the training set itself, so the accuracy says nothing about new pictures",
    ],
    [
      `${data}train: { batch: 1 }`,
      `my.yaml:2:17: train.batch: ${oneValue("AuxLogits/Conv2d_2a_5x5/batchNorm normalizes")}`,
    ],
    [
      `${data}train: { batch: 8, microBatch: 1 }`,
      `my.yaml:2:32: train.microBatch: ${oneValue("AuxLogits/Conv2d_2a_5x5/batchNorm normalizes")}`,
    ],
    [
      "data: { train: x, size: 75 }\nnetwork: { name: inception-v3, auxiliary: off }\ntrain: { batch: 1 }",
      `my.yaml:3:17: train.batch: ${oneValue("each of 20 batch norms (Mixed_7a/b3x3/1/batchNorm is the first) normalizes")}`,
    ],
  ])("%j is allowed with a warning", (text, warning) => {
    expect(parseExperiment(text, "my.yaml").warnings).toEqual([warning]);
  });

  test.each([
    data,
    `${data}train: { batch: 2 }`,
    `${data}train: { batch: 4, microBatch: 2 }`,
    `${data}network: { name: inception-v3, auxiliary: conv-norm }\ntrain: { batch: 1 }`,
    `${data}network: { name: googlenet }\ntrain: { batch: 1 }`,
  ])("%j has no warnings", (text) => {
    expect(parseExperiment(text, "my.yaml").warnings).toEqual([]);
  });
});

test("all problems come at once, in the order of the file", () => {
  expect(
    problemIn(`name: x\ntrain: { batch: 0, optimzer: 1 }\ndata: { size: 1.5 }\nseed: x`, ["log.everySteps=0"]),
  ).toBe(
    [
      "6 problems in my.yaml",
      "  my.yaml:2:17: train.batch: expected a whole number above 0, got 0",
      "  my.yaml:2:20: train.optimzer: unknown key; did you mean train.optimizer?",
      "  my.yaml:3:1: data.train: expected a text, got nothing",
      "  my.yaml:3:15: data.size: expected a whole number from 16 to 2048, got 1.5",
      '  my.yaml:4:7: seed: expected a whole number at least 0, got "x"',
      "  --set log.everySteps: expected a whole number above 0, got 0",
    ].join("\n"),
  );
});

test("JSON with tabs, CRLF and a byte order mark is read like YAML", () => {
  const text = '\ufeff{\r\n\t"data": { "train": "x" },\r\n\t"train": { "batch": 3 }\r\n}';
  expect(parseExperiment(text, "my.json").experiment.train.batch).toBe(3);
});

test("a file that cannot be read, or does not exist, is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-config-"));
  await expect(loadExperiment(folder)).rejects.toThrow(`${folder}: cannot be read (EISDIR)`);
  await expect(loadExperiment("quikstart")).rejects.toThrow(
    "quikstart: no such file, photographs or shipped config; did you mean quickstart?",
  );
  const large = join(folder, "large.yaml");
  writeFileSync(large, `# ${"x".repeat(1024 * 1024)}`);
  await expect(loadExperiment(large)).rejects.toThrow(`${large}: expected at most 1 MiB of text, got more`);
});
