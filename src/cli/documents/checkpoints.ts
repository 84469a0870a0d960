// What `inception checkpoint` prints with --json.
import { z } from "zod";
import { parts } from "../../checkpoint/manifest.ts";

const count = z.int().min(0);
const part = z.enum(parts);
const names = z.array(z.string()).readonly();

export const checkpointListSchema = z.strictObject({
  schema: z.literal("inception.checkpoint-list/1"),
  folder: z.string(),
  checkpoints: z.array(
    z.strictObject({
      step: count,
      path: z.string(),
      bytes: count.nullable(),
      epoch: count.nullable(),
      holds: z.array(part).readonly(),
      best: z.boolean().describe("Validated best so far"),
      problem: z.string().nullable().describe("Of its manifest"),
    }),
  ),
});

export const checkpointVerifySchema = z.strictObject({
  schema: z.literal("inception.checkpoint-verify/1"),
  ok: z.boolean().describe("All are"),
  checkpoints: z.array(z.strictObject({ path: z.string(), ok: z.boolean(), problem: z.string().nullable() })),
});

export const checkpointDiffSchema = z.strictObject({
  schema: z.literal("inception.checkpoint-diff/1"),
  first: z.string(),
  second: z.string(),
  equal: z.boolean().describe("To the last bit, position and settings included"),
  state: names.describe("As in `epoch: 3 -> 4`"),
  parts: z
    .array(
      z.strictObject({
        part,
        tensors: z
          .array(
            z.strictObject({
              name: z.string(),
              values: count,
              differing: count,
              largest: z.number().describe("Distance of two numbers"),
              relative: z.number().nullable().describe("||a - b|| / ||a||; null where a is all zeros"),
            }),
          )
          .readonly(),
        onlyFirst: names.describe("Not in the second, or of another shape there"),
        onlySecond: names,
      }),
    )
    .readonly(),
});

export const checkpointPruneSchema = z.strictObject({
  schema: z.literal("inception.checkpoint-prune/1"),
  dryRun: z.boolean().describe("Nothing was removed"),
  removed: names,
  kept: names,
  bytes: count.describe("Of what was removed"),
});
