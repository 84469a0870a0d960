// An evaluation over a listing: what it finds, what it does with unreadable pictures, and that an interrupted one ends the same.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { type Evaluation, evaluatePictures, type PictureEvaluationOptions } from "../../src/evaluate/evaluation.ts";
import type { Model } from "../../src/evaluate/model.ts";
import type { Item, Listing } from "../../src/images/sources/listing.ts";
import { rowOf } from "../../src/statistics/scores.ts";
import { softmax } from "../../src/statistics/softmax.ts";
import { byHand, tinyModel, writePictures } from "./tiny-model.ts";

let folder: string;
let progress: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-evaluation-"));
  progress = join(folder, "eval", "progress.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const listingOf = (items: Item[]): Listing => ({
  path: folder,
  classes: tinyModel.classes,
  items,
  fingerprint: "of these pictures",
  warnings: [],
});
interface Told {
  readonly evaluation: Evaluation;
  readonly bad: string[];
  readonly sittings: number[];
}
async function evaluate(
  items: Item[],
  changes: Partial<PictureEvaluationOptions> & { model?: Model; stopAfter?: number } = {},
): Promise<Told> {
  const { model = tinyModel, stopAfter, ...options } = changes;
  const bad: string[] = [];
  const sittings: number[] = [];
  const stop = new AbortController();
  const evaluation = await evaluatePictures(model, listingOf(items), {
    protocol: "single",
    average: "probabilities",
    precision: "float32",
    batch: 2,
    folder: join(folder, "eval"),
    onBad: ({ name }) => void bad.push(name),
    onProgress: ({ sitting, before, total }) => {
      sittings.push(sitting);
      expect(before + sitting).toBeLessThanOrEqual(total);
      if (stopAfter !== undefined && sitting >= stopAfter) stop.abort();
    },
    signal: stop.signal,
    ...options,
  });
  evaluation.journal.close();
  return { evaluation, bad, sittings };
}

describe("what it finds", () => {
  test("is each picture's probabilities, in the listing's order, and how they came about", async () => {
    const items = await writePictures(folder, 5);
    const { evaluation, sittings } = await evaluate(items);
    const saved = evaluation.saved!;
    expect(saved.names).toEqual(items.map(({ name }) => name));
    expect([...saved.labels]).toEqual([0, 1, 2, 0, 1]);
    for (const [i, item] of items.entries()) {
      const [expected] = await byHand(item, { preset: "tf", jpegReduction: "auto" });
      const own = softmax(rowOf(saved, i));
      for (const [at, value] of expected!.entries()) expect(own[at]).toBeCloseTo(value, 5);
    }
    expect(saved).toMatchObject({
      fingerprint: "of these pictures",
      listed: 5,
      rejected: [],
      classes: tinyModel.classes,
    });
    expect(saved.protocol).toMatchObject({
      crops: "single",
      average: "probabilities",
      models: [{ path: tinyModel.path, step: 7, weights: "raw", network: "googlenet", size: 16, precision: "float32" }],
    });
    expect(saved.gains).toBeUndefined();
    expect(evaluation.done).toBe(5);
    expect(evaluation.speed.crops).toBe(5);
    expect(sittings).toEqual([2, 4, 5]);
  });

  test("is of the crop and kernel chosen, and says so", async () => {
    const items = await writePictures(folder, 2);
    const choice = { share: 0.5, kernel: "linear" } as const;
    const saved = (await evaluate(items, { model: { ...tinyModel, choice } })).evaluation.saved!;
    for (const [i, item] of items.entries()) {
      const [expected] = await byHand(item, { preset: "tf", choice, jpegReduction: "auto" });
      for (const [at, value] of expected!.entries()) expect(softmax(rowOf(saved, i))[at]).toBeCloseTo(value, 5);
    }
    expect(saved.protocol.models[0]).toMatchObject({ preset: "tf", cropShare: 0.5, interpolation: "bilinear" });
    expect(saved.protocol.models[0]!.resize).toMatch(/^central 50% of each side .*bilinear kernel/);
  });

  test("over twelve crops is their mean, and what the first ones alone would have given", async () => {
    const items = await writePictures(folder, 2);
    const { saved } = (await evaluate(items, { protocol: "12", batch: 5 })).evaluation;
    expect(saved!.gains!.crops).toEqual([1, 2, 10, 12]);
    for (const [i, item] of items.entries()) {
      const rows = await byHand(item, { crops: "12" });
      const mean = (count: number, at: number) => rows.slice(0, count).reduce((sum, row) => sum + row[at]!, 0) / count;
      for (const at of [0, 1, 2]) {
        expect(softmax(rowOf(saved!, i))[at]).toBeCloseTo(mean(12, at), 5);
        for (const [subset, count] of [1, 2, 10, 12].entries()) {
          const from = (i * 4 + subset) * 3;
          expect(softmax(saved!.gains!.logits.subarray(from, from + 3))[at]).toBeCloseTo(mean(count, at), 5);
        }
      }
    }
  });

  test("is nearly the same in other batches", async () => {
    const items = await writePictures(folder, 5);
    const { saved } = (await evaluate(items)).evaluation;
    const { evaluation } = await evaluate(items, { batch: 3 });
    for (const [i, value] of evaluation.saved!.logits.entries()) expect(value).toBeCloseTo(saved!.logits[i]!, 5);
  });
});

describe("an interrupted one", () => {
  test.each(["single", "10"] as const)("of protocol %s ends as if it had not been, to the bit", async (protocol) => {
    const items = await writePictures(folder, 7, [3]);
    const whole = await evaluate(items, { protocol, folder: join(folder, "whole") });
    const crops = protocol === "single" ? 1 : 10;
    const first = await evaluate(items, { protocol, stopAfter: 3 * crops });
    expect(first.evaluation.saved).toBeUndefined();
    expect(first.evaluation.done).toBeGreaterThan(0);
    expect(first.evaluation.done).toBeLessThan(7);
    const second = await evaluate(items, { protocol });
    expect(second.evaluation.saved).toEqual(whole.evaluation.saved);
    expect(second.bad).toEqual(["3.png"]);
    const good = first.evaluation.done - first.bad.length;
    expect(second.evaluation.speed.crops).toBe((6 - good) * crops);
    const third = await evaluate(items, { protocol });
    expect(third.evaluation.saved).toEqual(whole.evaluation.saved);
    expect(third.sittings).toEqual([]);
  });

  const others: [string, Partial<PictureEvaluationOptions> & { model?: Model }][] = [
    ["average", { average: "logits" }],
    ["batch", { batch: 3 }],
    ["protocol", { protocol: "10" }],
    ["weights", { model: { ...tinyModel, weights: new Map([...tinyModel.weights].reverse()) } }],
    ["preprocessing", { model: { ...tinyModel, preset: "torchvision" } }],
    [
      "JPEG reduction",
      { model: { ...tinyModel, preprocessing: { ...tinyModel.preprocessing, jpegReduction: "off" } } },
    ],
    ["crop share", { model: { ...tinyModel, choice: { share: 0.5 } } }],
  ];
  test.each(others)("starts anew with another %s", async (_, changes) => {
    const items = await writePictures(folder, 3);
    await evaluate(items, { stopAfter: 2 });
    const { evaluation } = await evaluate(items, changes);
    expect(evaluation.speed.crops).toBe(changes.protocol ? 30 : 3);
  });
});

describe("unreadable pictures", () => {
  test("are told in order, listed and left out", async () => {
    const items = await writePictures(folder, 6, [0, 4, 5]);
    const { evaluation, bad } = await evaluate(items);
    expect(bad).toEqual(["0.png", "4.png", "5.png"]);
    expect(evaluation.saved!.names).toEqual(["1.png", "2.png", "3.png"]);
    expect([...evaluation.saved!.labels]).toEqual([1, 2, 0]);
    expect(evaluation.saved!.listed).toBe(6);
    expect(evaluation.saved!.rejected.map(({ name }) => name)).toEqual(bad);
    expect(evaluation.saved!.rejected[0]!.reason).toMatch(/^not a picture/);
  });

  test("end it where that is wanted; what was done until then is kept", async () => {
    const items = await writePictures(folder, 6, [4]);
    const onBad = () => {
      throw new Error("a bad one");
    };
    await expect(evaluate(items, { onBad })).rejects.toThrow("a bad one");
    expect(existsSync(progress)).toBe(true);
    const { evaluation } = await evaluate(items);
    expect(evaluation.done).toBe(6);
    expect(evaluation.speed.crops).toBe(1);
  });

  test("alone are no result", async () => {
    const error: unknown = await evaluate(await writePictures(folder, 2, [0, 1])).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ reason: "data", message: "none of the 2 pictures listed could be read" });
  });
});
