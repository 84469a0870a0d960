// What `inception report` prints with --json.
import { z } from "zod";

const count = z.int().min(0);

export const reportSchema = z.strictObject({
  schema: z.literal("inception.report/1"),
  file: z.string().describe("What was written"),
  bytes: count,
  pictures: count.describe("In it"),
  evaluation: z.string().nullable().describe("The folder of the evaluation that it shows"),
  remarks: z.array(z.string()).readonly().describe("What it lacks, and why"),
});
