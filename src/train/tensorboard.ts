// What TensorBoard is shown of a training: figures of steps and validations, the first crops, and the confusion matrix.
import { join } from "node:path";
import type { Experiment } from "../config/schema.ts";
import { contactSheet } from "../images/contact-sheet.ts";
import { encodePng } from "../images/decode.ts";
import { type EventFile, openEvents } from "../run/event-file.ts";
import type { Judged, StepReport, Validation } from "./loop.ts";
import { firstCrops } from "./preview.ts";
import type { Sets } from "./training.ts";

export interface TensorBoard {
  step(report: StepReport): void;
  validated(step: number, validation: Validation): void;
  /** Resolves when all is written; rejects with what kept it from that. */
  close(): Promise<void>;
}

/** Crops on the first sheet, and pixels of the longest side of a confusion matrix. */
const [crops, matrixSide] = [64, 480];

/** Undefined where the experiment asks for none. `step`: steps done when the sitting begins. */
export async function openTensorBoard(
  run: { readonly path: string },
  experiment: Experiment,
  sets: Sets,
  step: number,
): Promise<TensorBoard | undefined> {
  if (!experiment.log.tensorboard) return undefined;
  const file = openEvents(join(run.path, "tensorboard"), step);
  if (step === 0) await showCrops(file, experiment, sets);
  let drawing = Promise.resolve();
  return {
    step: ({ step, loss, correct, gradientNorm, learningRate, seconds, waited }) =>
      file.scalars(step, {
        "training/loss": loss,
        "training/top-1 of the batch": correct / experiment.train.batch,
        "training/gradient norm": gradientNorm,
        "training/learning rate": learningRate,
        "speed/images per second": experiment.train.batch / seconds,
        "speed/share waited for images": waited / seconds,
      }),
    validated(step, { raw, average }) {
      const judged = average ?? raw;
      file.scalars(step, {
        ...{ "validation/top-1": judged.top1.value, "validation/top-5": judged.top5.value },
        "validation/loss": judged.loss,
        ...(average && { "raw weights/top-1": raw.top1.value, "raw weights/loss": raw.loss }),
      });
      drawing = drawing.then(() => showConfusions(file, step, judged, sets.validation.classes.length));
      // Thrown when all is closed.
      drawing.catch(() => {});
    },
    close: () => drawing.finally(() => file.close()),
  };
}

async function showCrops(file: EventFile, experiment: Experiment, { train }: Sets): Promise<void> {
  const { count, size, images } = await firstCrops(experiment, train, { count: crops, epoch: 0, onBad: () => {} });
  const { pixels, width, height } = contactSheet(images, count, size, Math.ceil(Math.sqrt(count)));
  file.image(0, "training/first crops", await encodePng(pixels, width, height), { width, height });
}

async function showConfusions(
  file: EventFile,
  step: number,
  { confusions = [] }: Judged,
  classes: number,
): Promise<void> {
  const { pixels, side } = matrixOf(confusions, classes);
  const size = { width: side, height: side };
  if (side > 0) file.image(step, "validation/confusion", await encodePng(pixels, side, side), size);
}

type Pairs = readonly (readonly [label: number, predicted: number])[];

/** A square of RGB bytes: a row for each label, a column for each class predicted, the darker the larger the share of the row. */
export function matrixOf(pairs: Pairs, classes: number): { readonly pixels: Uint8Array; readonly side: number } {
  const cell = Math.max(1, Math.floor(matrixSide / classes));
  const side = pairs.length === 0 ? 0 : cell * classes;
  const counts = new Float64Array(classes * classes);
  const totals = new Float64Array(classes);
  for (const [label, predicted] of pairs) {
    counts[label * classes + predicted]! += 1;
    totals[label]! += 1;
  }
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [label, predicted] = [Math.floor(y / cell), Math.floor(x / cell)];
      const share = totals[label]! > 0 ? counts[label * classes + predicted]! / totals[label]! : 0;
      pixels.set(
        [Math.round(255 - 247 * share), Math.round(255 - 207 * share), Math.round(255 - 148 * share)],
        3 * (y * side + x),
      );
    }
  return { pixels, side };
}
