// The same network by onnxruntime and by TensorFlow, in float32, on the same bytes.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluationProgram } from "../../src/graph/evaluation-program.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import type { Layer } from "../../src/network/layer.ts";
import type { NetworkOptions } from "../../src/network/options.ts";
import { unitRange } from "../../src/network/preprocessing.ts";
import { openOnnxFile } from "../../src/onnx/file.ts";
import type { OnnxMetadata } from "../../src/onnx/metadata.ts";
import { onnxModel } from "../../src/onnx/model.ts";
import { openSession } from "../../src/runtime/session.ts";
import { temporaryFolder } from "../../src/temporary.ts";
import { type NdArray, raw } from "../graph/run.ts";

type Weights = NamedTensors;

export const metadataOf = (
  network: NetworkOptions,
  size: number,
  changes: Partial<OnnxMetadata> = {},
): OnnxMetadata => ({
  classes: Array.from({ length: network.classes }, (_, i) => `class ${i}`),
  network,
  preprocessing: { size, preset: "tf", fit: "crop", jpegReduction: "auto", ...unitRange, background: false },
  pixels: "outside",
  storage: "float32",
  step: 0,
  weights: "raw",
  ...changes,
});

export async function byOnnx(
  network: Layer,
  weights: Weights,
  metadata: OnnxMetadata,
  images: Uint8Array,
): Promise<Float32Array> {
  const folder = temporaryFolder("a model");
  try {
    const path = join(folder, "model.onnx");
    writeFileSync(path, onnxModel(network, weights, metadata));
    const runner = await openOnnxFile(path, 1);
    const shared = new Uint8Array(new SharedArrayBuffer(images.length));
    shared.set(images);
    const rows = await runner.logits(shared);
    await runner.close();
    return Float32Array.from(rows.flatMap((row) => [...row]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function byTensorFlow(
  network: Layer,
  weights: Weights,
  { preprocessing }: Pick<OnnxMetadata, "preprocessing">,
  images: Uint8Array,
): Float32Array {
  const { size } = preprocessing;
  const batch = images.length / (size * size * 3);
  const program = evaluationProgram(network, {
    ...{ size, batch, precision: "float32", kernels: "tensorflow" },
    pixels: preprocessing,
  });
  const session = openSession(program.bytes);
  session.run({ weights: raw(program.weightBytes(weights)) }, ["assign"]);
  const [logits] = session.run({ images: raw(images) }, ["logits"]);
  session.close();
  return (logits as NdArray).data;
}

/** The largest difference of two logits, and the largest logit. */
export function differenceOf(a: Float32Array, b: Float32Array): { difference: number; logit: number } {
  if (a.length !== b.length) throw new Error(`${a.length} logits against ${b.length}`);
  let [difference, logit] = [0, 0];
  for (const [i, value] of a.entries()) {
    difference = Math.max(difference, Math.abs(value - b[i]!));
    logit = Math.max(logit, Math.abs(value));
  }
  return { difference, logit };
}
