// Evaluations as rows of one table: what each figure says, and of what.
import { z } from "zod";
import type { SavedModel } from "../evaluate/saved.ts";
import { cost } from "../interpret/cost.ts";
import { toCsv } from "../report/csv.ts";
import type { Evaluated } from "./evaluate-models.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);

export const evaluationRowSchema = z.strictObject({
  run: z.string().describe("As it was given"),
  model: z.string().describe("Its checkpoint"),
  step: count,
  weights: z.enum(["average", "raw"]),
  network: z.string(),
  parameters: count.describe("Without auxiliary heads"),
  multiplyAdds: count.describe("Of one crop"),
  size: count.describe("Height and width of the input in pixels"),
  crops: z.string().describe("The protocol"),
  average: z.enum(["probabilities", "logits"]),
  resize: z.string().describe("How pictures were brought to the network's size"),
  precision: z.enum(["float32", "bfloat16"]),
  arithmetic: z.string().describe("What decides the last bits"),
  source: z.string().describe("Of the pictures"),
  fingerprint: z.string().describe("Of the pictures listed"),
  listed: count,
  n: count.describe("Pictures evaluated"),
  top1: share.describe("Accuracy"),
  top1Low: share.describe("Of Wilson's 95% interval"),
  top1High: share,
  top5: share,
  top5Low: share,
  top5High: share,
  loss: z.number(),
  withinTop1: share.nullable().describe("Within the classes of a set that has only some of the model's"),
  realTop1: share.nullable().describe("With several right labels for a picture"),
  realN: count.nullable().describe("Pictures with a right label"),
  folder: z.string().describe("Where the result is"),
});
export type EvaluationRow = z.output<typeof evaluationRowSchema>;

/** A run that has no result, and why. */
export const failedRowSchema = z.strictObject({ run: z.string(), error: z.string(), exit: count });
export type FailedRow = z.output<typeof failedRowSchema>;

export function evaluationRow(run: string, { result, folder }: Evaluated): EvaluationRow {
  const { scores, summary, fresh, source = "", within, real } = result;
  const { top1, top5, loss, n } = summary;
  const { crops, average, models } = scores.protocol;
  const { path, step, weights, network, size, resize, precision, arithmetic = {} } = models[0]!;
  const { parameters, multiplyAdds } = cost(fresh!.model.network, { height: size, width: size, channels: 3 });
  return {
    run,
    model: path,
    step,
    weights,
    network,
    parameters,
    multiplyAdds,
    size,
    crops,
    average,
    resize,
    precision,
    arithmetic: inWords(arithmetic),
    source,
    fingerprint: scores.fingerprint,
    listed: scores.listed,
    n,
    top1: top1.value,
    top1Low: top1.interval.low,
    top1High: top1.interval.high,
    top5: top5.value,
    top5Low: top5.interval.low,
    top5High: top5.interval.high,
    loss,
    withinTop1: within?.summary.top1.value ?? null,
    realTop1: real?.top1.value ?? null,
    realN: real?.n ?? null,
    folder,
  };
}

const inWords = (arithmetic: NonNullable<SavedModel["arithmetic"]>): string =>
  Object.entries(arithmetic)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key} ${value}`)
    .join("; ");

const columns = [...Object.keys(evaluationRowSchema.shape), "error"] as const;

/** A header, then a row for each, in their order. */
export const evaluationsCsv = (rows: readonly (EvaluationRow | FailedRow)[]): string =>
  toCsv([
    columns,
    ...rows.map((row) => columns.map((key) => (row as Record<string, string | number | null>)[key] ?? null)),
  ]);
