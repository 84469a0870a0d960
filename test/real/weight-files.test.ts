// Weights that others published: every layer of BVLC's GoogLeNet, and of the InceptionV3 in nsfwjs as TensorFlow.js decodes it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { createGunzip } from "node:zlib";
import { io } from "@tensorflow/tfjs";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { detect } from "../../src/weights/detect.ts";
import type { ForeignFile } from "../../src/weights/foreign.ts";
import { readForeign } from "../../src/weights/readers/open.ts";
import { needs, nsfwjs, photographs } from "../needs.ts";

const numbers = ({ tensors }: ForeignFile): number =>
  [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);

test("BVLC's GoogLeNet has the layers and numbers of the paper's network", needs("caffemodel"), async () => {
  const file = await readForeign(join(photographs, "weights/bvlc_googlenet.caffemodel"));
  expect([file.tensors.size, numbers(file)]).toEqual([2 * 58, 6_998_552]);
  expect(file.tensors.get("conv1/7x7_s2/0")?.shape).toEqual([64, 3, 7, 7]);
  expect(file.tensors.get("inception_5b/pool_proj/1")?.shape).toEqual([128]);
  expect(file.tensors.get("loss3/classifier/0")?.shape).toEqual([1000, 1024]);
  for (const { data } of file.tensors.values()) expect(data.every(Number.isFinite)).toBe(true);
});

test("a quantised InceptionV3 as TensorFlow.js decodes it", needs("nsfwjs"), async () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-nsfwjs-"));
  try {
    const files = await scripts();
    const model = exported(files.get("model")!) as io.ModelJSON;
    const [group] = model.weightsManifest;
    const parts = group!.paths.map((path) => Buffer.from(exported(files.get(path)!) as string, "base64"));
    for (const [index, path] of group!.paths.entries()) writeFileSync(join(folder, path), parts[index]!);
    writeFileSync(join(folder, "model.json"), JSON.stringify(model));
    const file = await readForeign(folder);
    expect([file.format, file.tensors.size, numbers(file)]).toEqual(["tfjs", 382, 22_360_869]);
    const { foreign, matched, missing, wrongShape, leftOver } = detect(folder, file, {});
    expect([foreign.source, matched.length, wrongShape]).toEqual(["keras", 94 * 4, []]);
    // Its classifier is three dense layers.
    expect(missing.map(({ theirs }) => theirs)).toEqual(["predictions/kernel", "predictions/bias"]);
    expect(leftOver).toHaveLength(6);
    const bytes = Uint8Array.from(Buffer.concat(parts));
    const oracle = io.decodeWeights(bytes.buffer, group!.weights);
    for (const [name, { shape, data }] of file.tensors) {
      expect(shape).toEqual(oracle[name]!.shape);
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(oracle[name]!.dataSync().buffer)), name).toBe(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The package keeps model.json and its files of numbers as scripts, each of which exports one value. */
async function scripts(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const untar = Readable.from([readFileSync(nsfwjs)])
    .pipe(createGunzip())
    .pipe(extract());
  for await (const entry of untar) {
    const name = /^package\/dist\/models\/inception_v3\/(.+)\.min\.js$/.exec(entry.header.name)?.[1];
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    if (name !== undefined) found.set(name, Buffer.concat(chunks).toString());
  }
  return found;
}

function exported(script: string): unknown {
  const module = { exports: {} as unknown };
  runInNewContext(script, { module, exports: module.exports });
  return module.exports;
}
