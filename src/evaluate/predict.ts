// Predictions for pictures without labels, in the model's single-crop preprocessing.
import { UserError } from "../errors.ts";
import { type BadPicture, evaluationBatches, startDecoders } from "../images/batches.ts";
import type { Item } from "../images/sources/listing.ts";
import { inOrder } from "../runtime/in-order.ts";
import { threads } from "../runtime/threads.ts";
import { foreground } from "./background.ts";
import { finiteLogits } from "./evaluator.ts";
import { type Prediction, predict } from "./metrics.ts";
import type { Model } from "./model.ts";
import { evaluatorOf, precisionOf } from "./model-evaluator.ts";

type Asked = {
  /** How many classes of each. */
  readonly k: number;
  /** Hears of a picture that cannot be read, which is left out. */
  readonly onBad: (failure: BadPicture) => void;
};

/**
 * The `k` most probable classes of each picture, in order, batch by batch, without the model's background class if it has one. Throws
 * UserError("diverged") for logits that are not finite.
 */
export async function* predictions(
  model: Model,
  items: readonly Item[],
  { k, onBad }: Asked,
): AsyncGenerator<Prediction[], undefined> {
  const batch = Math.min(items.length, model.batch);
  const { background, jpegReduction } = model.preprocessing;
  const shown = Math.min(k, model.classes.length - (background ? 1 : 0));
  const atOnce = Math.ceil(items.length / batch);
  const evaluator = await evaluatorOf(model, { batch, precision: precisionOf(model, "auto"), atOnce });
  const decoders = startDecoders(Math.min(items.length, threads()));
  try {
    const batches = evaluationBatches({
      decoders,
      listing: { path: ".", classes: [...model.classes], items, fingerprint: "", warnings: [] },
      size: model.size,
      batch,
      preset: model.preset,
      jpegReduction,
      ...(model.choice ? { choice: model.choice } : {}),
      onBad,
    });
    const judged = inOrder(batches, evaluator.atOnce, (some) => finiteLogits(evaluator, some, model.path));
    for await (const [pictures, rows] of judged)
      yield rows.map((row, i) => predict(pictures.names[i]!, 0, background ? foreground(row) : row, shown));
  } finally {
    await Promise.all([evaluator.close(), decoders.close()]);
  }
}

/** Of these files, all at once. Throws UserError("data") naming one that cannot be read. */
export async function predictFiles(model: Model, files: readonly string[], k: number): Promise<Prediction[]> {
  const items = files.map((file) => ({ name: file, label: 0, source: { file } }));
  const onBad = ({ name, reason }: BadPicture): never => {
    throw new UserError("data", `${name}: ${reason}`);
  };
  const all: Prediction[] = [];
  for await (const some of predictions(model, items, { k, onBad })) all.push(...some);
  return all;
}
