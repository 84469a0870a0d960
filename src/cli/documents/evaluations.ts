// What `inception eval --each` prints with --json.
import { z } from "zod";
import { evaluationRowSchema, failedRowSchema } from "../../results/evaluation-rows.ts";

export const evaluationsSchema = z.strictObject({
  schema: z.literal("inception.eval-each/1"),
  runs: z.array(z.union([evaluationRowSchema, failedRowSchema])).describe("In the order given"),
  csv: z.string().optional().describe("The same as a table"),
});
