// The evaluation graph at work: weights in, a prediction for every picture out.
import { type EvaluationOptions, evaluationProgram } from "../graph/evaluation-program.ts";
import type { Kernels } from "../graph/kernels.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Layer } from "../network/layer.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { device } from "../runtime/device.ts";
import { enginesOf, startEngines } from "../runtime/engines.ts";
import { inOrder } from "../runtime/in-order.ts";
import { threads } from "../runtime/threads.ts";
import { requireFinite, requireFiniteWeights } from "./finite.ts";
import { type Prediction, predict } from "./metrics.ts";

/** A full batch of pictures, of which the first `count` are real. */
export type PictureBatch = {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  readonly names: readonly string[];
  readonly count: number;
};

export interface Evaluator {
  readonly batch: number;
  /** How many batches may be asked for at once; their pictures must stay until the logits are there. */
  readonly atOnce: number;
  /** Throws UserError("diverged") naming `model` where the network would compute with a weight that is not finite. */
  load(weights: NamedTensors, model: string): Promise<void>;
  /** One row of logits for each place in the batch. `images`: RGB bytes, batch * size * size * 3, best on a SharedArrayBuffer. */
  logits(images: Uint8Array): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export type EvaluatorOptions = Omit<EvaluationOptions, "kernels" | "onGpu" | "threads"> & {
  readonly kernels?: Kernels;
  /** Batches at the most, where fewer come at once than the device has engines for. */
  readonly atOnce?: number | undefined;
};

export async function startEvaluator(
  network: Layer,
  { atOnce = Number.POSITIVE_INFINITY, ...options }: EvaluatorOptions,
): Promise<Evaluator> {
  const { size, batch, precision, maps } = options;
  const input = maps ?? { height: size, width: size, channels: 3 };
  const kernels = options.kernels ?? (await kernelsFor({ network, input, batch, precision, passes: ["inference"] }));
  const program = evaluationProgram(network, { ...options, kernels, onGpu: device() === "cuda", threads: threads() });
  const engines = await startEngines(program.bytes, Math.min(atOnce, enginesOf[device()]));
  const logits = async (images: Uint8Array): Promise<Float32Array[]> => {
    const [result] = await engines.run({ images: { dtype: "string", value: images } }, ["logits"]);
    const classes = result!.shape[1]!;
    const data = result!.data as Float32Array;
    return Array.from({ length: options.batch }, (_, i) => data.subarray(i * classes, (i + 1) * classes));
  };
  return {
    batch,
    atOnce: engines.atOnce,
    load: async (weights, model) => {
      const value = program.weightBytes(weights);
      requireFiniteWeights(model, weights, value);
      await engines.all({ weights: { dtype: "string", value } }, ["assign"]);
    },
    logits,
    close: () => engines.close(),
  };
}

/**
 * Every picture once; `onBatch` hears how many are done. Stops early, between batches, when the signal says so. Throws UserError("diverged") where
 * logits are not finite, naming `model`.
 */
export async function evaluate(
  evaluator: Evaluator,
  batches: AsyncIterable<PictureBatch>,
  { model, onBatch = () => {}, signal }: { model: string; onBatch?: (done: number) => void; signal?: AbortSignal },
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  const judged = inOrder(batches, evaluator.atOnce, (batch) => finiteLogits(evaluator, batch, model));
  for await (const [batch, rows] of judged) {
    predictions.push(...rows.map((row, i) => predict(batch.names[i]!, batch.labels[i]!, row)));
    onBatch(predictions.length);
    if (signal?.aborted) break;
  }
  return predictions;
}

/** One row of logits for each of the batch's real pictures. Throws UserError("diverged") as `requireFinite` does. */
export async function finiteLogits(
  evaluator: Pick<Evaluator, "logits">,
  { images, names, count }: Pick<PictureBatch, "images" | "names" | "count">,
  model: string,
): Promise<Float32Array[]> {
  const rows = (await evaluator.logits(images)).slice(0, count);
  for (const [i, row] of rows.entries()) requireFinite(row, { model, picture: names[i]! });
  return rows;
}
