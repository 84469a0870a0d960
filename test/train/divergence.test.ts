// What is said of a training that diverges: the first layer, the pictures, the last good checkpoint.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { diverged, explainDivergence, firstNotFinite } from "../../src/train/divergence.ts";
import { makeCheckpoint } from "../checkpoint/support.ts";

const variables = ["stem/conv/kernel", "stem/norm/beta", "stem/norm/movingMean", "top/dense/kernel"];

describe("the first layer that is not finite", () => {
  const tensors = (bad: Readonly<Record<string, number>>, prefix = ""): NamedTensors =>
    // Files have kernels first, then what else there is.
    new Map(
      [...variables].sort().map((name) => [prefix + name, { shape: [2], data: Float32Array.of(1, bad[name] ?? 2) }]),
    );
  const files = (weights = {}, average = {}, optimizer = {}) => ({
    weights: tensors(weights),
    average: tensors(average),
    optimizer: tensors(optimizer, "meanSquare/"),
  });
  test("is none where every value is", () => {
    expect(firstNotFinite(files({ "stem/norm/beta": -3e38 }), variables)).toBeUndefined();
  });
  test.each([
    ["weights", [{ "top/dense/kernel": Number.NaN, "stem/norm/beta": Infinity }], "stem/norm (beta)"],
    ["statistics", [{ "stem/norm/movingMean": -Infinity }], "stem/norm (movingMean)"],
    [
      "averages",
      [{ "top/dense/kernel": 1e39 }, { "stem/conv/kernel": Number.NaN }],
      "stem/conv (running average of kernel)",
    ],
    ["slots", [{}, {}, { "top/dense/kernel": Number.NaN }], "top/dense (meanSquare of kernel)"],
  ] as const)("is the first in the network's order, not in the file's: %s", (_, bad, words) => {
    expect(firstNotFinite(files(...bad), variables)).toBe(words);
  });
});

test("the first few pictures are named, and how many there are", () => {
  const { message } = diverged({
    step: 7,
    what: "left values that are not finite",
    first: "stem/conv (kernel)",
    names: ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "b/3.jpg"],
  });
  expect(message).toBe(
    "step 7 left values that are not finite, first in stem/conv (kernel); its 5 pictures: a/1.jpg, a/2.jpg, b/1.jpg, b/2.jpg, ...",
  );
});

describe("how a run goes on", () => {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "inception-divergence-"));
  });
  afterEach(() => rmSync(path, { recursive: true }));
  const explained = (lowerRate?: number) => {
    const folder = { path, checkpoints: join(path, "checkpoints"), config: join(path, "config.yaml") };
    const error = diverged({ step: 7, what: "left values that are not finite", first: "a (b)", names: ["c"] });
    return { error, explained: explainDivergence(error, folder, lowerRate) };
  };
  test("is from the newest checkpoint that verifies: back in the run, or in a new one at a lower rate", () => {
    const checkpoints = join(path, "checkpoints");
    const good = writeCheckpoint(checkpoints, makeCheckpoint(4));
    rmSync(join(writeCheckpoint(checkpoints, makeCheckpoint(5)), "weights.safetensors"));
    const { error, explained: back } = explained();
    expect(back).toMatchObject({ exitCode: 4, message: error.message, cause: error });
    expect(back.hint).toContain(`${good} is the last good checkpoint`);
    expect(back.hint).toContain(`inception train --resume ${path} --set "train.onDivergence={ name: rollback }"`);
    expect(explained(0.025).explained.hint).toContain(
      `inception train ${path}/config.yaml --from ${good} --set train.learningRate=0.025`,
    );
  });
  test("is anew where nothing was saved, or nothing good", () => {
    expect(explained().explained.hint).toMatch(/^nothing was saved before it: start anew, with a lower/);
    rmSync(join(writeCheckpoint(join(path, "checkpoints"), makeCheckpoint(5)), "weights.safetensors"));
    expect(explained(0.5).explained.hint).toMatch(/^nothing was saved before it: .*learningRate=0.5 or/);
  });
});
