// What `inception config` and `train` print with --json.
import { z } from "zod";
import { experimentSchema } from "../../config/schema.ts";

const count = z.int().min(0);

export const configSchema = z.strictObject({
  schema: z.literal("inception.config/1"),
  path: z.string(),
  experiment: experimentSchema.describe("With every default filled in"),
});

export const configCheckSchema = z.strictObject({
  schema: z.literal("inception.config-check/1"),
  path: z.string(),
  ok: z.literal(true).describe("A wrong experiment is an error, and no document"),
  warnings: z.array(z.string()),
});

export const trainSchema = z.strictObject({
  schema: z.literal("inception.train/2"),
  run: z.string().describe("Its folder"),
  step: count,
  finished: z.boolean().describe("Or stopped and saved"),
  stoppedEarly: z.boolean().describe("Finished before its length, as train.patience says"),
  best: z
    .strictObject({ step: count, top1: z.number().min(0).max(1) })
    .nullable()
    .describe("The best validation; null of none"),
  rejected: count.describe("Unreadable pictures"),
});
