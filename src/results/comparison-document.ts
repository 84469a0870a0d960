// Two results set against each other, as the document "inception.compare/1".
import { z } from "zod";
import { type Saved, savedProtocolSchema } from "../evaluate/saved.ts";
import type { Comparison } from "../statistics/comparison.ts";
import { type DocumentOf, documentOf } from "./document.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);

const bounds = z.strictObject({ low: difference, high: difference });
const sum = z.number().min(0);

const side = z.strictObject({
  path: z.string(),
  fingerprint: z.string().describe("Of the pictures listed"),
  protocol: savedProtocolSchema,
});
const accuracies = {
  n: count.describe("Pictures"),
  accuracyA: share,
  accuracyB: share,
  difference: difference.describe("accuracyA - accuracyB"),
  p: share.describe("McNemar's exact test, two-sided"),
};
const paired = z.strictObject({
  ...accuracies,
  agreement: z.strictObject({ both: sum, onlyA: sum, onlyB: sum, neither: sum }).describe("A tie divides a picture"),
  interval: bounds.describe("95%, over pictures"),
  intervalBy: z.enum(["bootstrap", "Tango"]).describe("Tango's where no resample differs"),
  scoreIntervals: z.strictObject({ tango: bounds, newcombe: bounds }).describe("95%; they never vanish"),
  verdict: z.enum(["A is better", "B is better", "not distinguishable"]),
});

export const comparisonSchema = z.strictObject({
  schema: z.literal("inception.compare/1"),
  a: side,
  b: side,
  top1: paired,
  top5: paired,
  classes: z
    .array(z.strictObject({ name: z.string(), ...accuracies, adjustedP: share.describe("Holm's over the classes") }))
    .describe("Of those that have pictures, by top-1"),
});

export const comparisonDocument = (a: Saved, b: Saved, comparison: Comparison): DocumentOf<typeof comparisonSchema> =>
  documentOf(comparisonSchema, { schema: "inception.compare/1", a: about(a), b: about(b), ...comparison });

const about = ({ path, fingerprint, protocol }: Saved) => ({ path, fingerprint, protocol });
