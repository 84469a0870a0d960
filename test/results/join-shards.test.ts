// Shards of an evaluation put together: the bits of one pass, and a sentence for whatever does not fit.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Model } from "../../src/evaluate/model.ts";
import { readSaved, type Saved, writeSaved } from "../../src/evaluate/saved.ts";
import type { Listing } from "../../src/images/sources/listing.ts";
import { evaluateModels, recombine } from "../../src/results/evaluate-models.ts";
import { evaluateShard } from "../../src/results/evaluate-shard.ts";
import { joinShards } from "../../src/results/join-shards.ts";
import type { EvaluationRequest, EvaluationSetting } from "../../src/results/score-models.ts";
import { tinyModel, writePictures } from "../evaluate/tiny-model.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));

let setting: EvaluationSetting;
/** Eleven pictures in batches of four: the seventh is none. */
beforeAll(async () => {
  const items = await writePictures(folder, 11, [6]);
  const listing: Listing = { path: folder, classes: tinyModel.classes, items, fingerprint: "all", warnings: [] };
  setting = {
    validationOf: async () => listing,
    trainingOf: async () => undefined,
    watch: () => ({ progress() {}, ended() {} }),
    signal: new AbortController().signal,
  };
});

const asked = (output: string, more: Partial<EvaluationRequest> = {}): EvaluationRequest => ({
  crops: "10",
  average: "probabilities",
  precision: "float32",
  onBadImage: "skip",
  output: join(folder, output),
  ...more,
});

const shards = async (
  name: string,
  of: number,
  more: Partial<EvaluationRequest> = {},
  models: Model[] = [tinyModel],
) => {
  const folders: string[] = [];
  for (let part = 1; part <= of; part++) {
    const end = await evaluateShard(models, { part, of }, asked(`${name}-${part}`, more), setting);
    if ("stopped" in end) throw new Error("nobody stopped it");
    folders.push(...end.folders);
  }
  return folders;
};

/** All but what only a fresh result knows. */
const figuresIn = (path: string) => {
  const {
    model: _,
    speed: __,
    source: ___,
    data,
    ...rest
  } = JSON.parse(readFileSync(join(path, "summary.json"), "utf8"));
  return { ...rest, data: { ...data, source: undefined } };
};

test.each([
  ["a single crop", { crops: "single" as const }],
  ["ten crops and what the first of them give", {}],
  ["a background class", { backgroundClass: false, average: "logits" as const }],
])("the bits of one pass: %s", async (name, more) => {
  const whole = await evaluateModels([tinyModel], asked(`whole ${name}`, more), setting);
  const parts = await shards(`part ${name}`, 3, more);
  const together = recombine(parts.reverse(), { output: join(folder, `together ${name}`) });
  if ("stopped" in whole) throw new Error("nobody stopped it");
  expect(together.warnings).toEqual([]);
  expect(figuresIn(together.folder)).toEqual(figuresIn(whole.folder));
  for (const file of ["logits.safetensors", "index.json", "predictions.jsonl"])
    expect(readFileSync(join(together.folder, file)).equals(readFileSync(join(whole.folder, file))), file).toBe(true);
});

describe("what does not fit", () => {
  let parts: Saved[];
  beforeAll(async () => {
    parts = (await shards("fit", 3)).map((path) => readSaved(path));
  });

  test("a gap is told with its pictures and shards, and an overlap with both", () => {
    const [first, second, third] = parts as [Saved, Saved, Saved];
    expect(() => joinShards([first, third])).toThrow("pictures 5 to 8 of 11 are in no shard of runs/tiny");
    expect(() => joinShards([first, second])).toThrow("pictures 9 to 11 of 11 are in no shard");
    expect(() => joinShards([third])).toThrow(expect.objectContaining({ hint: "missing: 1/3, 2/3" }));
    expect(() => joinShards([first, second, { ...second, path: "again" }, third])).toThrow(
      `${second.path} and again both have picture 5`,
    );
  });

  test.each<[string, Partial<Saved["shard"]>, Partial<Saved["protocol"]["models"][number]>]>([
    ["pictures with fingerprint other, not all", { fingerprint: "other" }, {}],
    ["--batch 8, not 4", { batch: 8 }, {}],
    ["precision bfloat16, not float32", {}, { precision: "bfloat16" }],
    ["the weights of runs/tiny/checkpoints/step-000000007 (step 8)", { weights: "of another" }, { step: 8 }],
  ])("a shard of another result: %s", (expected, shard, model) => {
    const [first, second, third] = parts as [Saved, Saved, Saved];
    const { protocol } = second;
    const other: Saved = {
      ...second,
      shard: { ...second.shard!, key: "another", ...shard },
      protocol: { ...protocol, models: [{ ...protocol.models[0]!, ...model }] },
    };
    expect(() => joinShards([first, other, third])).toThrow(
      expect.objectContaining({ hint: `missing: 2/3; ${second.path} is of another result: ${expected}` }),
    );
  });

  test("other arithmetic is a warning, other threads are not", () => {
    const by = (saved: Saved, arithmetic: Record<string, string | number>): Saved => ({
      ...saved,
      protocol: { ...saved.protocol, models: [{ ...saved.protocol.models[0]!, arithmetic }] },
    });
    const [first, second, third] = parts as [Saved, Saved, Saved];
    const mixed = [by(first, { processor: "a", threads: 1 }), by(second, { processor: "b", threads: 2 }), third];
    const { results, warnings } = joinShards([...mixed.slice(0, 2), by(third, { processor: "a", threads: 1 })]);
    expect(warnings).toEqual([
      "the shards of runs/tiny/checkpoints/step-000000007 (step 7) were computed with processor a and b",
    ]);
    expect(results[0]!.protocol.models[0]!.arithmetic).toEqual({ processor: "a and b", threads: "1 and 2" });
  });

  test("a stored shard reads back as it is", () => {
    const { path: _, ...first } = parts[0]!;
    writeSaved(join(folder, "copy"), first);
    expect(readSaved(join(folder, "copy"))).toEqual({ ...first, path: join(folder, "copy") });
  });
});

test("shards of two models are an ensemble of both", async () => {
  const other: Model = {
    ...tinyModel,
    path: "runs/tiny/checkpoints/step-000000009",
    weights: new Map(
      [...tinyModel.weights].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((x) => x / 2) }]),
    ),
  };
  const both = [tinyModel, other];
  const whole = await evaluateModels(both, asked("whole ensemble"), setting);
  if ("stopped" in whole) throw new Error("nobody stopped it");
  const together = recombine(await shards("both", 2, {}, both), { output: join(folder, "together ensemble") });
  expect(together.result.summary).toEqual(whole.result.summary);
  expect(together.result.scores.logits).toEqual(whole.result.scores.logits);
  expect(together.result.alone.map(({ summary }) => summary)).toEqual(whole.result.alone.map(({ summary }) => summary));
});
