// What SavedModels and TensorFlow.js' models share: one graph, run again by TensorFlow, and files in a folder.
import { join } from "node:path";
import { nodeFs, writeDurably } from "../checkpoint/files.ts";
import type { Model } from "../evaluate/model.ts";
import { type InferenceGraph, inferenceGraph } from "../graph/inference-graph.ts";
import { channelsOf, levelsOf, type Preprocessing } from "../network/preprocessing.ts";
import type { PixelsPlace } from "../published/choices.ts";
import { startEngine } from "../runtime/engine.ts";
import type { Feed } from "../runtime/session.ts";
import { storedAs } from "../tensorflow/kernels.ts";
import type { Runner, Writing } from "./form.ts";
import { metadataOf } from "./metadata.ts";

export const graphOf = (model: Model, { storage, pixels }: Writing): InferenceGraph =>
  inferenceGraph(model.network, model.weights, {
    size: model.size,
    pixels: pixels === "inside" ? model.preprocessing : undefined,
    stored: storedAs(storage),
  });

/** Names of files that both have. */
export const metadataFile = "inception.json";
export const labelsFile = "labels.txt";

/** Metadata as JSON, and the classes' names on a line each, in the order of the logits. */
export const describing = (model: Model, writing: Writing): ReadonlyMap<string, Uint8Array> =>
  new Map([
    [metadataFile, Buffer.from(`${JSON.stringify({ schema, ...metadataOf(model, writing) }, null, 2)}\n`)],
    [labelsFile, Buffer.from(model.classes.map((name) => `${name.replace(/[\r\n]+/g, " ")}\n`).join(""))],
  ]);

const schema = "inception.exported/1";

/** A new folder with these files, whose names may lead below it. */
export function writeFolder(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  nodeFs.makeFolder(path);
  for (const [name, bytes] of files) {
    const file = join(path, name);
    nodeFs.makeFolder(join(file, ".."));
    writeDurably(nodeFs, file, bytes);
  }
}

/** What the folder says of the pictures that its model takes. */
export const describedIn = (folder: string): Described =>
  JSON.parse(new TextDecoder().decode(nodeFs.read(join(folder, metadataFile)))) as Described;

type Described = { readonly preprocessing: Preprocessing; readonly pixels: PixelsPlace };

/** The graph in TensorFlow. */
export async function runGraph(program: Uint8Array, described: Described): Promise<Runner> {
  const engine = await startEngine(program);
  return {
    async logits(images) {
      const [result] = await engine.run({ input: feedOf(images, described) }, ["logits"]);
      const { shape, data } = result!;
      const [rows, classes] = shape as [number, number];
      return Array.from({ length: rows }, (_, i) => (data as Float32Array).subarray(i * classes, (i + 1) * classes));
    },
    close: () => engine.close(),
  };
}

function feedOf(images: Uint8Array, { preprocessing, pixels }: Described): Feed {
  const { size } = preprocessing;
  const shape = [images.length / (size * size * 3), size, size, 3];
  if (pixels === "inside") return { dtype: "uint8", shape, value: images };
  const [of, levels] = [channelsOf(preprocessing), levelsOf(preprocessing)];
  const value = Float32Array.from(images, (_, i) => levels[i % 3]![images[i - (i % 3) + of[i % 3]!]!]!);
  return { dtype: "float32", shape, value };
}
