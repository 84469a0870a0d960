// SavedModels and models of TensorFlow.js: what is written, and that what does not agree is not.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, test } from "vitest";
import { exportModel } from "../../src/export/export-model.ts";
import { ownLogits } from "../../src/export/parity.ts";
import { drawnPictures } from "../../src/export/pictures.ts";
import type { NetworkOptions } from "../../src/network/options.ts";
import { loadBinding } from "../../src/runtime/binding.ts";
import { smallBnInception, smallGoogLeNet, smallV3 } from "../graph/step.ts";
import { smallModel } from "./small-model.ts";

tf.env().set("IS_TEST", true);

const root = mkdtempSync(join(tmpdir(), "inception-export-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const size = 75;
const strided = { stemStride: 2, stemPool: true } as const;
const networks: readonly (readonly [string, NetworkOptions])[] = [
  ["Inception-v3", { ...smallV3, ...strided }],
  ["Inception-v2", { ...smallV3, ...strided, name: "inception-v2", stem: "conv7x7-separable", poolDivisor: "full" }],
  ["GoogLeNet", { ...smallGoogLeNet, ...strided }],
  [
    "GoogLeNet as torchvision has it",
    { ...smallGoogLeNet, ...strided, norm: "batch", wideKernel: 3, lastPool: 2, padding: "symmetric" },
  ],
  ["BN-Inception", { ...smallBnInception, ...strided, stem: "conv7x7-separable", stemNorm: "bias" }],
];
const plain = { storage: "float32", pixels: "outside", demo: false, force: false } as const;
const two = { ...drawnPictures(size), count: 2 };
const pictures = { ...two, images: two.images.subarray(0, 2 * size * size * 3) };

async function inTfjs(path: string): Promise<{ rows: Float32Array[]; model: tf.GraphModel }> {
  const fetchFunc = async (url: unknown) => new Response(readFileSync(join(path, String(url).split("/").at(-1)!)));
  const model = await tf.loadGraphModel("https://model/model.json", { fetchFunc });
  const seen = Float32Array.from(pictures.images, (byte) => byte * (2 / 255) - 1);
  const bytes = tf.tensor4d(Int32Array.from(pictures.images), [2, size, size, 3], "int32");
  const input = model.inputs[0]!.dtype === "int32" ? bytes : tf.tensor4d(seen, [2, size, size, 3]);
  const [logits, probabilities] = model.predict(input) as tf.Tensor2D[];
  expect([...probabilities!.sum(1).dataSync()].map((sum) => Math.round(1e5 * sum))).toEqual([1e5, 1e5]);
  return { rows: logits!.unstack().map((row) => row.dataSync() as Float32Array), model };
}

describe.each(networks)("%s", (name, options) => {
  test("gives in TensorFlow.js the model's own logits", async () => {
    const model = smallModel(options, size);
    const path = join(root, name);
    const { parity } = await exportModel(model, pictures, { form: "tfjs", path, ...plain });
    expect(parity.largest).toBeLessThanOrEqual(parity.allowed);
    const [own] = await ownLogits(model, [model.weights], pictures);
    const { rows } = await inTfjs(path);
    const largest = Math.max(...rows.flatMap((row, i) => [...row].map((logit, c) => Math.abs(logit - own![i]![c]!))));
    expect(largest).toBeLessThanOrEqual(parity.allowed);
    expect(Math.max(...own!.map((row) => Math.max(...row) - Math.min(...row)))).toBeGreaterThan(0.1);
  });
});

test.each(["float16", "uint8"] as const)(
  "kernels in %s, pixels inside: smaller, and what it costs is said",
  async (storage) => {
    const model = smallModel(networks[0]![1], size, { order: "BGR" });
    const path = join(root, storage);
    const writing = { ...plain, storage, pixels: "inside" } as const;
    const { bytes, parity, cost } = await exportModel(model, pictures, { form: "tfjs", path, ...writing });
    const whole = await exportModel(model, pictures, { form: "tfjs", path: `${path}-whole`, ...plain });
    expect(bytes).toBeLessThan(whole.bytes * (storage === "uint8" ? 0.6 : 0.7));
    expect(cost!.largest).toBeGreaterThan(parity.largest);
    const { rows, model: loaded } = await inTfjs(path);
    const [own] = await ownLogits(model, [model.weights], pictures);
    const largest = Math.max(...rows.flatMap((row, i) => [...row].map((logit, c) => Math.abs(logit - own![i]![c]!))));
    expect(Math.abs(largest - cost!.largest)).toBeLessThanOrEqual(2 * parity.allowed);
    expect(loaded.metadata).toMatchObject({ classes: model.classes, pixels: "inside", storage });
  },
);

test("a SavedModel has a signature with names, types and shapes, which the engine's loader takes", async () => {
  const path = join(root, "saved");
  const model = smallModel(networks[4]![1], size);
  await exportModel(model, pictures, { form: "saved-model", path, ...plain, pixels: "inside" });
  expect(readdirSync(path).sort()).toEqual(["assets.extra", "saved_model.pb"]);
  expect(readFileSync(join(path, "assets.extra", "labels.txt"), "utf8")).toBe(`${model.classes.join("\n")}\n`);
  const binding = loadBinding();
  const loaded = binding.loadSavedModel(path, "serve");
  const input = binding.createTensor([2, size, size, 3], 4, pictures.images.slice());
  const [result] = binding.runSavedModel(loaded, [input], "input:0", "probabilities:0");
  expect(result!.shape).toEqual([2, 5]);
  binding.deleteTensor(input);
  binding.deleteTensor(result!.id);
  binding.deleteSavedModel(loaded);
});

test.each(["tfjs", "saved-model"] as const)("%s: what does not agree is not written", async (form) => {
  const model = smallModel(networks[4]![1], size);
  const bias = "Logits/dense/bias";
  const spoiled = new Map(model.weights).set(bias, { shape: [5], data: Float32Array.of(1, 0, 0, 0, 0) });
  let reads = 0;
  const changing = {
    ...model,
    get weights() {
      return reads++ === 0 ? spoiled : model.weights;
    },
  };
  const exported = exportModel(changing, pictures, { form, path: join(root, `spoiled-${form}`), ...plain });
  await expect(exported).rejects.toMatchObject({ reason: "checkFailed" });
  expect(readdirSync(root).filter((name) => name.startsWith("spoiled"))).toEqual([]);
});

test("only tfjs has a page", async () => {
  const asked = { form: "saved-model", path: join(root, "page"), ...plain, demo: true } as const;
  await expect(exportModel(smallModel(networks[4]![1], size), pictures, asked)).rejects.toThrow(/has no --demo/);
});
