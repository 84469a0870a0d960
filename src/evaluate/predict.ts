// Predictions for single picture files, in the model's single-crop preprocessing.

import { UserError } from "../errors.ts";
import { evaluationBatches, startDecoders } from "../images/batches.ts";
import { choosePrecision } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { foreground } from "./background.ts";
import { finiteLogits, startEvaluator } from "./evaluator.ts";
import { type Prediction, predict } from "./metrics.ts";
import type { Model } from "./model.ts";

/** The `k` most probable classes of each file, in order, without the model's background class if it has one. Throws UserError("data") naming a file that cannot be read, ("diverged") for logits that are not finite. */
export async function predictFiles(model: Model, files: readonly string[], k: number): Promise<Prediction[]> {
  const batch = Math.min(files.length, model.batch);
  const shown = Math.min(k, model.classes.length - (model.preprocessing.background ? 1 : 0));
  const evaluator = await startEvaluator(model.network, {
    size: model.size,
    pixels: model.preprocessing,
    batch,
    precision: choosePrecision("auto"),
  });
  const decoders = startDecoders(Math.min(files.length, threads()));
  const items = files.map((file) => ({ name: file, label: 0, source: { file } }));
  try {
    await evaluator.load(model.weights, model.path);
    const predictions: Prediction[] = [];
    const batches = evaluationBatches({
      decoders,
      listing: { path: ".", classes: [...model.classes], items, fingerprint: "", warnings: [] },
      size: model.size,
      batch,
      preset: model.preset,
      jpegReduction: model.preprocessing.jpegReduction,
      ...(model.choice ? { choice: model.choice } : {}),
      onBad: ({ name, reason }) => {
        throw new UserError("data", `${name}: ${reason}`);
      },
    });
    for await (const pictures of batches) {
      const rows = (await finiteLogits(evaluator, pictures, model.path)).map((row) =>
        model.preprocessing.background ? foreground(row) : row,
      );
      predictions.push(...rows.map((row, i) => predict(pictures.names[i]!, 0, row, shown)));
    }
    return predictions;
  } finally {
    await Promise.all([evaluator.close(), decoders.close()]);
  }
}
