// A model at work: by TensorFlow from its weights, or an ONNX file by onnxruntime.
import { cpus } from "node:os";
import { UserError } from "../errors.ts";
import type { Kernels } from "../graph/kernels.ts";
import { openOnnxFile } from "../onnx/file.ts";
import { onnxruntimeVersion } from "../onnx/runtime.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import { choosePrecision, type Precision } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { type Evaluator, type EvaluatorOptions, startEvaluator } from "./evaluator.ts";
import type { Model } from "./model.ts";

type Computed = { readonly batch: number; readonly precision: Precision };

/** TensorFlow's and the project's that compute the model, by races where no word or table says it; of an ONNX file nothing. */
export const kernelsOf = async (
  { network, size, onnx }: Model,
  { batch, precision }: Computed,
): Promise<Kernels | undefined> =>
  onnx
    ? undefined
    : kernelsFor({
        network,
        input: { height: size, width: size, channels: 3 },
        batch,
        precision,
        passes: ["inference"],
      });

/** With the model's weights. */
export type LoadedEvaluator = Pick<Evaluator, "batch" | "atOnce" | "logits" | "close">;

/** Throws UserError("diverged") for a weight that is not finite, and as onnx/file.ts does. */
export async function evaluatorOf(
  { network, weights, path, size, preprocessing, onnx }: Model,
  { batch, precision, kernels, atOnce }: Computed & Pick<EvaluatorOptions, "kernels" | "atOnce">,
): Promise<LoadedEvaluator> {
  if (onnx) return { batch, atOnce: 1, ...(await openOnnxFile(path, threads())) };
  const options = { size, pixels: preprocessing, batch, precision, atOnce, ...(kernels && { kernels }) };
  const evaluator = await startEvaluator(network, options);
  try {
    await evaluator.load(weights, path);
    return evaluator;
  } catch (error) {
    await evaluator.close();
    throw error;
  }
}

/** What the model is computed in. Throws UserError("usage") for bfloat16 of an ONNX file, which is float32. */
export function precisionOf({ onnx, path }: Pick<Model, "onnx" | "path">, wish: "auto" | Precision): Precision {
  if (!onnx) return choosePrecision(wish);
  if (wish !== "bfloat16") return "float32";
  throw new UserError("usage", `--precision bfloat16: ${path} is an ONNX file, which onnxruntime computes in float32`);
}

/** What decides the model's results to the last bit. */
export const arithmeticOf = (
  { onnx }: Pick<Model, "onnx">,
  precision: Precision,
  kernels?: Kernels,
): Readonly<Record<string, string | number>> =>
  onnx
    ? {
        precision,
        onnxruntime: onnxruntimeVersion,
        threads: threads(),
        platform: `${process.platform}-${process.arch}`,
        processor: cpus()[0]?.model.trim() ?? "unknown",
      }
    : { ...arithmetic(precision, kernels) };
