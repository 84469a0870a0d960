// predictions.jsonl: a line for each picture of an evaluation.
import { z } from "zod";
import { meanRank } from "../statistics/ranking.ts";
import { type DocumentOf, documentOf } from "./document.ts";
import type { EvaluationResult } from "./evaluation-result.ts";

const share = z.number().min(0).max(1);
export const predictionLineSchema = z.strictObject({
  name: z.string(),
  rank: z.number().min(0).describe("Classes with a larger logit than the label, and half of those with the same"),
  tied: z.int().min(1).describe("Classes with the label's logit, itself among them: 1 without a tie"),
  loss: z.number().describe("-ln of the label's probability"),
  label: z.string(),
  top: z.array(z.strictObject({ class: z.string(), probability: share })).describe("The five most probable classes"),
});

export type PredictionLine = DocumentOf<typeof predictionLineSchema>;

export function predictionLines({ predictions, scores: { classes } }: EvaluationResult): string {
  const lines = predictions.map(({ name, larger, tied, loss, label, top }) =>
    JSON.stringify(
      documentOf(predictionLineSchema, {
        name,
        rank: meanRank({ larger, tied }),
        tied,
        loss,
        label: classes[label]!,
        top: top.map(({ class: index, probability }) => ({ class: classes[index]!, probability })),
      }),
    ),
  );
  return `${lines.join("\n")}\n`;
}
