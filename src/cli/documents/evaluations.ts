// What `inception eval --each` and `--shard` print with --json.
import { z } from "zod";
import { evaluationRowSchema, failedRowSchema } from "../../results/evaluation-rows.ts";

export const evaluationsSchema = z.strictObject({
  schema: z.literal("inception.eval-each/1"),
  runs: z.array(z.union([evaluationRowSchema, failedRowSchema])).describe("In the order given"),
  csv: z.string().optional().describe("The same as a table"),
});

const number = z.int().min(1);

export const evaluatedShardSchema = z.strictObject({
  schema: z.literal("inception.eval-shard/1"),
  part: number,
  of: number.describe("Shards that there are"),
  pictures: z.strictObject({ first: number, last: number, listed: number }).describe("From 1, in the set's order"),
  rejected: z
    .array(z.strictObject({ name: z.string(), reason: z.string() }))
    .describe("Unreadable pictures of the part"),
  folders: z.array(z.string()).min(1).describe("Where the scores are, for each model"),
});
