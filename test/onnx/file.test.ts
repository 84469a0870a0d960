// What an ONNX file holds beside its graph, and how its input, its storage and its pixels are.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asStored, outputsOf } from "../../src/checkpoint/storage.ts";
import { variables } from "../../src/interpret/parameters.ts";
import {
  adaptivePool,
  averagePool,
  bias,
  chain,
  concat,
  conv,
  dense,
  depthwise,
  relu,
} from "../../src/network/build.ts";
import { pixelsSchema } from "../../src/network/preprocessing.ts";
import { readOnnxMetadata } from "../../src/onnx/file.ts";
import { decodeMetadata } from "../../src/onnx/messages.ts";
import { encodeMetadata, parseMetadata } from "../../src/onnx/metadata.ts";
import { onnxModel } from "../../src/onnx/model.ts";
import { pictures } from "../graph/step.ts";
import { randomWeights } from "../graph/weights.ts";
import { googLeNet } from "../network/examples.ts";
import { byOnnx, byTensorFlow, differenceOf, metadataOf } from "./support.ts";

const size = 12;
const options = { ...googLeNet, classes: 5 };
const network = chain({
  first: conv(4, 3, { stride: 2 }),
  bias,
  relu,
  depthwise: depthwise(2, 3),
  pool: averagePool(3, { stride: 2, padding: 1, divisor: "full", ceil: true }),
  mixed: concat({ a: conv(3, 1), b: conv(2, [1, 3]) }),
  grid: adaptivePool(2),
  dense: dense(5),
});
const weights = randomWeights(network, size);
const { images } = pictures(3, size, 9);
const close = async (changes: Parameters<typeof metadataOf>[2], own = weights): Promise<number> => {
  const metadata = metadataOf(options, size, changes);
  const expected = byTensorFlow(network, own, metadata, images);
  return differenceOf(expected, await byOnnx(network, weights, metadata, images)).difference;
};

describe("an ONNX file", () => {
  test("has layers that no trunk has: adaptive pools, pools over the edge, dense layers on maps", async () => {
    expect(await close({})).toBeLessThan(2e-5);
  });

  const { preprocessing } = metadataOf(options, size);
  test.each(["inside", "outside"] as const)("sees pixels as the network does, with them %s", async (pixels) => {
    const caffe = pixelsSchema.parse({ order: "BGR", scale: 1, mean: [104, 117, 123] });
    const imageNet = pixelsSchema.parse({
      ...{ scale: 1 / 255, mean: [0.485, 0.456, 0.406] },
      deviation: [0.229, 0.224, 0.225],
    });
    expect(await close({ pixels, preprocessing: { ...preprocessing, ...imageNet } })).toBeLessThan(2e-5);
    expect(await close({ pixels, preprocessing: { ...preprocessing, ...caffe } })).toBeLessThan(2e-3);
  });

  test.each(["float16", "uint8"] as const)("computes with its kernels as %s has them", async (storage) => {
    const stored = new Map(weights);
    for (const variable of variables(network, { height: size, width: size, channels: 3 })) {
      const { shape, data } = weights.get(variable.name)!;
      if (variable.kind === "kernel")
        stored.set(variable.name, { shape, data: asStored[storage](data, outputsOf(variable)) });
    }
    expect(await close({ storage }, stored)).toBeLessThan(2e-5);
    expect(await close({ storage })).toBeGreaterThan(1e-5);
  });

  test("says its classes, pictures and network", () => {
    const metadata = metadataOf(options, 64, { classes: ["a", "b", "c", "ä, \n", "e"], step: 7 });
    const read = parseMetadata(decodeMetadata(onnxModel(network, weights, { ...metadata, preprocessing })));
    expect(read).toMatchObject({ ...metadata, preprocessing });
    expect(parseMetadata(new Map(Object.entries(encodeMetadata(metadata))))).toMatchObject(metadata);
  });
});

describe("refused as a model, with what is wrong", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "inception-onnx-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const good = encodeMetadata(metadataOf(options, 64));
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["another schema", { ...good, schema: "other" }, /names no schema inception\.onnx\/1/],
    ["a class too few", { ...good, classes: '["a"]' }, /names 1 classes, but its network has 5/],
    ["no JSON", { ...good, preprocessing: "{" }, /preprocessing is no JSON/],
    ["an unknown storage", { ...good, storage: "int4" }, /storage/],
  ])("%s", (_what, entries, message) => {
    expect(() => parseMetadata(new Map(Object.entries(entries)))).toThrow(message);
  });

  test("a file that is none, and one that is not there", () => {
    const path = join(folder, "x.onnx");
    writeFileSync(path, "no protobuf");
    expect(() => readOnnxMetadata(path)).toThrow(expect.objectContaining({ reason: "checkpoint" }));
    expect(() => readOnnxMetadata(join(folder, "none.onnx"))).toThrow(/none\.onnx/);
  });
});
