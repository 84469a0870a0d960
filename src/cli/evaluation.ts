// The work of `inception eval`: model and pictures together, and the files with the result.
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import { evaluate, startEvaluator } from "../evaluate/evaluator.ts";
import { type Prediction, type Summary, summarize } from "../evaluate/metrics.ts";
import { type Model, type ModelChoice, openModel } from "../evaluate/model.ts";
import { evaluationBatches, startDecoders } from "../images/batches.ts";
import { type Listing, matchClasses, openSource } from "../images/sources/source.ts";
import { newestRun } from "../run/folder.ts";
import { choosePrecision } from "../runtime/features.ts";
import { openSets } from "../train/training.ts";
import { note } from "./print.ts";
import { formatDuration, progressBar } from "./progress.ts";

export interface Evaluated {
  readonly summary: Summary;
  readonly predictions: readonly Prediction[];
  readonly listed: number;
  readonly rejected: readonly { name: string; reason: string }[];
  readonly precision: "float32" | "bfloat16";
  readonly source: string;
}

/** The model at `path`, or that of the newest run, said aloud. */
export function openChosen(path: string | undefined, choice: Omit<ModelChoice, "onBroken">): Model {
  const chosen = path ?? newestRun("runs/train");
  if (chosen === undefined)
    throw new UserError("checkpoint", "there is no run in runs/train to evaluate", {
      hint: "train one: inception train",
    });
  if (path === undefined) note(`evaluating ${chosen}`);
  return openModel(chosen, { ...choice, onBroken: ({ message }) => note(`warning: ${message}`) });
}

export async function evaluateModel(
  model: Model,
  options: { data?: string; precision: "auto" | "float32" | "bfloat16"; batch?: number; onBadImage: "fail" | "skip" },
  signal: AbortSignal,
): Promise<Evaluated> {
  const listing = await pictures(model, options.data);
  const precision = choosePrecision(options.precision);
  const batch = options.batch ?? model.experiment.evaluate.batch;
  const evaluator = await startEvaluator(model.network, { size: model.size, batch, precision });
  const decoders = startDecoders(availableParallelism());
  const rejected: { name: string; reason: string }[] = [];
  const onBad = (failure: { name: string; reason: string }): void => {
    if (options.onBadImage === "fail")
      throw new UserError("data", `${failure.name}: ${failure.reason}`, {
        hint: "--on-bad-image skip leaves it out and lists it",
      });
    rejected.push(failure);
  };
  const bar = progressBar("eval", listing.items.length);
  const start = performance.now();
  try {
    await evaluator.load(model.weights);
    const batches = evaluationBatches({ decoders, listing, size: model.size, batch, preset: model.preset, onBad });
    const predictions = await evaluate(evaluator, batches, {
      signal,
      onBatch: (done) => {
        const seconds = (performance.now() - start) / 1000;
        bar.update(
          done,
          `${(done / seconds).toFixed(1)} images/s  ${formatDuration((seconds / done) * (listing.items.length - done))} left`,
        );
      },
    });
    const listed = listing.items.length;
    if (!signal.aborted && predictions.length + rejected.length !== listed)
      throw new UserError(
        "data",
        `${listed} pictures are listed but ${predictions.length} were evaluated and ${rejected.length} rejected`,
      );
    return {
      summary: summarize(predictions, model.classes.length),
      predictions,
      listed,
      rejected,
      precision,
      source: listing.path,
    };
  } finally {
    bar.stop();
    await Promise.all([evaluator.close(), decoders.close()]);
  }
}

const pictures = async (model: Model, data: string | undefined): Promise<Listing> =>
  matchClasses(
    data === undefined ? (await openSets(model.experiment)).validation : await openSource(data),
    model.classes,
  );

export function summaryDocument(model: Model, { summary, listed, rejected, precision, source }: Evaluated): object {
  return {
    model: { path: model.path, step: model.step, weights: model.kind, network: model.options },
    data: { source, listed, evaluated: summary.n, rejected },
    protocol: { crops: 1, preset: model.preset, size: model.size, precision },
    ties: "a label's rank is the number of classes with a strictly larger probability",
    top1: { accuracy: summary.top1.value, error: 1 - summary.top1.value, interval95: summary.top1.interval },
    top5: { accuracy: summary.top5.value, error: 1 - summary.top5.value, interval95: summary.top5.interval },
    loss: summary.loss,
    classes: summary.perClass.map((counts, i) => ({ name: model.classes[i], ...counts })),
  };
}

/** Writes summary.json and predictions.jsonl; the folder is `<run>/eval/step-N` unless given. */
export function writeResults(model: Model, result: Evaluated, output?: string): string {
  const folder = output ?? join(dirname(dirname(model.path)), "eval", `step-${model.step}-${model.kind}`);
  mkdirSync(folder, { recursive: true });
  const lines = result.predictions.map(({ label, top, ...rest }) =>
    JSON.stringify({
      ...rest,
      label: model.classes[label],
      top: top.map(({ class: index, probability }) => ({ class: model.classes[index], probability })),
    }),
  );
  replaceDurably(nodeFs, join(folder, "predictions.jsonl"), `${lines.join("\n")}\n`);
  const summary = JSON.stringify({ schema: "inception.eval/1", ...summaryDocument(model, result) }, null, 2);
  replaceDurably(nodeFs, join(folder, "summary.json"), `${summary}\n`);
  return folder;
}
