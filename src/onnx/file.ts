// An ONNX file at work: pictures in, logits out, by what its metadata says.
import { nodeFs } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import { inputOf } from "./input.ts";
import { decodeMetadata } from "./messages.ts";
import { type OnnxMetadata, parseMetadata } from "./metadata.ts";
import { openOnnx } from "./runtime.ts";

export interface OnnxRunner {
  /** A row of logits for each of the pictures: RGB bytes, pictures * size * size * 3. */
  logits(images: Uint8Array): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Throws UserError("checkpoint") for a file that is not there, or none that this project wrote. */
export function readOnnxMetadata(path: string): OnnxMetadata {
  try {
    return parseMetadata(decodeMetadata(nodeFs.read(path)));
  } catch (error) {
    if (errorCode(error) !== undefined) throw explainIoError(error, "cannot read", path);
    throw new UserError("checkpoint", `${path} cannot be used as a model: ${(error as Error).message}`, {
      hint: "ONNX files are taken that `inception export --format onnx` wrote",
      cause: error,
    });
  }
}

/** Throws as `readOnnxMetadata`, and as `openOnnx`. */
export async function openOnnxFile(path: string, threads: number): Promise<OnnxRunner> {
  const metadata = readOnnxMetadata(path);
  const session = await openOnnx(path, threads);
  return {
    logits(images) {
      const { data, shape } = inputOf(images, metadata);
      return session.logits(data, shape);
    },
    close: () => session.close(),
  };
}
