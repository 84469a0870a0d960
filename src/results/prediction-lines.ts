// predictions.jsonl: a line for each picture of an evaluation.
import { z } from "zod";
import { type DocumentOf, documentOf } from "./document.ts";
import type { EvaluationResult } from "./evaluation-result.ts";

const share = z.number().min(0).max(1);
export const predictionLineSchema = z.strictObject({
  name: z.string(),
  rank: z.int().min(0).describe("Classes with a larger probability than the label"),
  loss: z.number().describe("-ln of the label's probability"),
  label: z.string(),
  top: z.array(z.strictObject({ class: z.string(), probability: share })).describe("The five most probable classes"),
});

export type PredictionLine = DocumentOf<typeof predictionLineSchema>;

export function predictionLines({ predictions, scores: { classes } }: EvaluationResult): string {
  const lines = predictions.map(({ name, rank, loss, label, top }) =>
    JSON.stringify(
      documentOf(predictionLineSchema, {
        name,
        rank,
        loss,
        label: classes[label]!,
        top: top.map(({ class: index, probability }) => ({ class: classes[index]!, probability })),
      }),
    ),
  );
  return `${lines.join("\n")}\n`;
}
