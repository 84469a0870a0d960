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
  missing: z.array(z.string()).describe("Sources of pictures that are not there"),
});

export const errorSchema = z.strictObject({
  schema: z.literal("inception.error/1"),
  message: z.string().describe("One sentence; of a bug, with its stack"),
  hint: z.string().nullable(),
  exitCode: count,
});

export const trainSchema = z.strictObject({
  schema: z.literal("inception.train/2"),
  run: z.string().describe("Its folder"),
  classes: count,
  step: count,
  finished: z.boolean().describe("Or stopped and saved"),
  stoppedEarly: z.boolean().describe("Finished before its length, as train.patience says"),
  best: z
    .strictObject({ step: count, top1: z.number().min(0).max(1) })
    .nullable()
    .describe("The best validation; null of none"),
  rejected: count.describe("Unreadable pictures"),
  seconds: z.number().positive().describe("Since the process began"),
  maxTime: z.number().positive().nullable().describe("Seconds of --max-time; null where none was given"),
});

const rate = z.number().positive();
const loss = z.number();

export const findRateSchema = z.strictObject({
  schema: z.literal("inception.find-rate/1"),
  key: z.enum(["train.learningRate", "train.headFirst.learningRate"]).describe("Of the phase that a run begins with"),
  suggestion: rate.nullable().describe("A tenth of the rate with the lowest smoothed loss; null where it did not fall"),
  given: rate.describe("What the experiment has"),
  start: loss.nullable().describe("The smoothed loss at the lowest rate; null where none was finite"),
  lowest: z.strictObject({ rate, smoothed: loss }).nullable(),
  end: z.enum(["highest", "rising", "notFinite"]).describe("Why it ended"),
  file: z.string().describe("The drawing"),
  points: z.array(z.strictObject({ rate, loss, smoothed: loss })).describe("Of each step"),
});
