// Models opened from checkpoints with weights alone, and what such a checkpoint says about pictures.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CheckpointState, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { evaluatePictures } from "../../src/evaluate/evaluation.ts";
import { openModel } from "../../src/evaluate/model.ts";
import { predictFiles } from "../../src/evaluate/predict.ts";
import { encodePng } from "../../src/images/decode.ts";
import type { Listing } from "../../src/images/sources/source.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { unitRange } from "../../src/network/preprocessing.ts";
import { type NdArray, uniform } from "../graph/run.ts";
import { smallV3 } from "../graph/step.ts";
import { randomWeights } from "../graph/weights.ts";

const size = 37;
const classes = ["background", "cat", "cow", "dog", "owl"];
const choice = { which: "last", raw: false } as const;
const network = { ...smallV3, auxiliary: "off" } as const;
const weights = modest(randomWeights(buildNetwork(network, size), size));

let folder: string;
let files: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-model-"));
  const next = uniform(5);
  files = [];
  for (const name of ["a", "b", "c"]) {
    const pixels = Uint8Array.from({ length: 40 * 40 * 3 }, () => Math.floor(next() * 256));
    files.push(join(folder, `${name}.png`));
    writeFileSync(files.at(-1)!, await encodePng(pixels, 40, 40));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a checkpoint with nothing but weights and what says how to use them. */
function stored(name: string, preprocessing: object, changed = weights): string {
  const state = { network, preprocessing: { size, preset: "tf", ...preprocessing }, classes };
  return writeCheckpoint(join(folder, name), { step: 0, files: { weights: changed }, state: state as CheckpointState });
}

describe("a checkpoint with weights alone", () => {
  test("opens as a model, with what earlier ones leave out as it was", () => {
    const model = openModel(stored("plain", {}), choice);
    expect(model).toMatchObject({ step: 0, kind: "raw", size, preset: "tf", batch: 32, classes });
    expect(model.experiment).toBeUndefined();
    expect(model.preprocessing).toEqual({
      ...{ size, preset: "tf", fit: "crop", jpegReduction: "auto", background: false },
      ...unitRange,
    });
  });

  test("predicts", async () => {
    const predictions = await predictFiles(openModel(stored("predict", {}), choice), files, 9);
    expect(predictions.map(({ name }) => name)).toEqual(files);
    for (const { top } of predictions) {
      expect(top).toHaveLength(5);
      expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    }
  });

  test("is evaluated, and its preprocessing is what the pictures go through", async () => {
    const rgb = await probabilities(stored("rgb", {}));
    const bgr = { order: "BGR" };
    expect(await probabilities(stored("bgr", bgr, withFirstKernelTurned()))).toEqual(
      rgb.map((value) => expect.closeTo(value, 5)),
    );
    const other = await probabilities(stored("other", bgr));
    expect(Math.max(...other.map((value, i) => Math.abs(value - rgb[i]!)))).toBeGreaterThan(1e-3);
  });

  test("never predicts its background class, the others as likely among themselves as before", async () => {
    const [plain] = await predictFiles(openModel(stored("with", {}), choice), files, 5);
    const [dropped] = await predictFiles(openModel(stored("without", { background: true }), choice), files, 5);
    const foreground = plain!.top.filter(({ class: index }) => index !== 0);
    const rest = foreground.reduce((sum, { probability }) => sum + probability, 0);
    expect(rest).toBeLessThan(0.99);
    expect(dropped!.top).toEqual(
      foreground.map(({ class: index, probability }) => ({
        class: index,
        probability: expect.closeTo(probability / rest, 9),
      })),
    );
  });

  test("with a preprocessing that this version does not know is refused", () => {
    const path = stored("later", { order: "CMYK" });
    expect(() => openModel(path, choice)).toThrow(
      expect.objectContaining({ reason: "checkpoint", message: expect.stringContaining("preprocessing.order") }),
    );
  });
});

/** Logits near zero, so that every class has its share. */
function modest(random: Map<string, NdArray>): Map<string, NdArray> {
  const { shape, data } = random.get("Logits/dense/kernel")!;
  return random.set("Logits/dense/kernel", { shape, data: data.map((value) => value / 50) });
}

async function probabilities(path: string): Promise<number[]> {
  const items = files.map((file, i) => ({ name: file, label: i + 1, source: { file } }));
  const listing: Listing = { path: folder, classes, items, fingerprint: path, warnings: [] };
  const { saved, journal } = await evaluatePictures(openModel(path, choice), listing, {
    protocol: "single",
    average: "probabilities",
    precision: "float32",
    batch: 2,
    folder: join(path, "eval"),
    onBad: ({ reason }) => {
      throw new Error(reason);
    },
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  journal.remove();
  journal.close();
  return [...saved!.logits];
}

function withFirstKernelTurned(): typeof weights {
  const name = "Conv2d_1a_3x3/conv/kernel";
  const { shape, data } = weights.get(name)!;
  const [, , channels, filters] = shape as [number, number, number, number];
  const turned = data.map((_, i) => {
    const [place, channel] = [Math.floor(i / (channels * filters)), Math.floor(i / filters) % channels];
    return data[(place * channels + channels - 1 - channel) * filters + (i % filters)]!;
  });
  return new Map(weights).set(name, { shape, data: turned });
}
