// What `inception setup`, `doctor` and `bench` print with --json.
import { z } from "zod";
import { networkNames } from "../../network/options.ts";

const count = z.int().min(0);
const seconds = z.number().min(0);

export const setupSchema = z.strictObject({
  schema: z.literal("inception.setup/1"),
  source: z.enum(["environment", "cache"]).describe("Where TensorFlow comes from"),
  tensorflow: z.string().describe("Its version"),
  folder: z.string(),
  addon: z.string(),
  downloadedBytes: count,
  compiled: z.boolean(),
  gpu: z.boolean().describe("Whether TensorFlow sees one that it can use"),
  seconds: z.strictObject({ library: seconds, addon: seconds }),
});

export const doctorSchema = z.strictObject({
  schema: z.literal("inception.doctor/1"),
  ok: z.boolean().describe("Every check is"),
  checks: z.array(
    z.strictObject({ name: z.string(), ok: z.boolean(), found: z.string(), remedy: z.string().optional() }),
  ),
});

const raced = z.strictObject({
  seconds: seconds.describe("The median turn"),
  error: z.number().describe("The largest of a sample, relative to the largest result"),
});
const dims = z.array(count).readonly();

export const benchKernelsSchema = z.strictObject({
  schema: z.literal("inception.bench-kernels/3"),
  network: z.string().describe("Its name or the config"),
  size: count,
  batch: count,
  precision: z.enum(["float32", "bfloat16"]),
  threads: count,
  turns: count,
  races: z.array(
    z.strictObject({
      input: dims.describe("[batch, height, width, channels]"),
      output: dims,
      filter: dims.describe("[rows, columns, channels, filters]"),
      stride: count,
      dtype: z.enum(["float32", "bfloat16"]).describe("An odd number of channels stays in float32"),
      parts: dims.describe("Filters of each convolution that is side by side on the map: one number where it is alone"),
      layers: count.describe("Of this shape"),
      pass: z
        .enum(["forward", "input", "filter", "inference"])
        .describe("input, filter: the gradients of these; inference: forward with weights that stay"),
      multiplyAdds: count,
      tensorflow: raced.nullable(),
      plain: raced.nullable().describe("The project's sums of products; null where it has none"),
      fast: raced.nullable().describe("The project's fast convolution; null where there are no matrices for it"),
    }),
  ),
});

export const benchReduceSchema = z.strictObject({
  schema: z.literal("inception.bench-reduce/1"),
  processes: count,
  numbers: count,
  wire: z.enum(["float32", "bfloat16"]),
  threads: count,
  seconds: z.array(z.number()).describe("Of each sum that counts"),
  median: z.number().describe("Of these"),
  bytes: count.describe("That each process sends in a sum"),
  bytesPerSecond: z.number(),
});

export const benchSchema = z.strictObject({
  schema: z.literal("inception.bench/1"),
  kind: z.enum(["train", "eval", "images"]),
  size: count,
  batch: count,
  steps: count.describe("That count"),
  warmup: count.describe("Steps before them"),
  device: z.enum(["cpu", "cuda"]).describe("What computes"),
  threads: count.describe("That compute and decode"),
  kernels: z.enum(["auto", "tensorflow", "own", "table"]).nullable().describe("Whose; null where nothing is computed"),
  network: z.enum(networkNames).optional(),
  set: z.array(z.string()).readonly().optional().describe("Keys of an experiment that differ from the defaults"),
  data: z.string().optional().describe("Photographs instead of made-up pictures"),
  precision: z.enum(["float32", "bfloat16"]).nullable().describe("null where nothing is computed"),
  imagesPerSecond: z.number().min(0),
  median: seconds.describe("Of a step"),
  seconds: z.array(seconds).describe("Of each step"),
  limitShare: z.number().nullable().describe("Of what the machine's convolutions could give"),
});
