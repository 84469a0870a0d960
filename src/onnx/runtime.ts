// The only door to onnxruntime, which is not installed with this package: 113 MB that only ONNX files need.
import type { InferenceSession } from "onnxruntime-node";
import { UserError } from "../errors.ts";
import { inputName } from "./model.ts";

/** What package.json pins for the tests. */
export const onnxruntimeVersion = "1.30.0";

export interface OnnxSession {
  /** One row of logits for each picture. `input` has the type and the shape that the file's metadata says. */
  logits(input: Float32Array | Uint8Array, shape: readonly number[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Throws UserError("checkFailed") where onnxruntime is missing, ("checkpoint") naming `path` where it refuses the file. */
export async function openOnnx(path: string, threads: number): Promise<OnnxSession> {
  const { InferenceSession, Tensor } = await load();
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(path, { intraOpNumThreads: threads, executionProviders: ["cpu"] });
  } catch (error) {
    throw new UserError("checkpoint", `${path}: onnxruntime refuses it: ${(error as Error).message}`, { cause: error });
  }
  return {
    async logits(input, shape) {
      const tensor =
        input instanceof Uint8Array ? new Tensor("uint8", input, shape) : new Tensor("float32", input, shape);
      const { logits } = await session.run({ [inputName]: tensor }, ["logits"]);
      const [rows, classes] = logits!.dims as [number, number];
      const data = logits!.data as Float32Array;
      return Array.from({ length: rows }, (_, i) => data.subarray(i * classes, (i + 1) * classes));
    },
    close: () => session.release(),
  };
}

async function load(): Promise<typeof import("onnxruntime-node")> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError("checkFailed", "ONNX files are run by onnxruntime-node, which is not installed", {
      hint: `npm install onnxruntime-node@${onnxruntimeVersion}`,
      cause: error,
    });
  }
}
