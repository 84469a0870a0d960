// What `inception cost` prints with --json.
import { z } from "zod";
import { networkNames } from "../../network/options.ts";

const count = z.int().min(0);
const receptiveField = z
  .strictObject({ height: count, width: count, stride: count })
  .describe("In pixels of the image");
const costs = { parameters: count, multiplyAdds: count.describe("Of one picture") };

export const costSchema = z.strictObject({
  schema: z.literal("inception.cost/1"),
  network: z.looseObject({ name: z.enum(networkNames), classes: count }).describe("With all of its switches"),
  size: count.describe("Height and width of the input in pixels"),
  ...costs,
  training: z.strictObject(costs).describe("With the auxiliary heads"),
  activationMemory: z
    .strictObject({ batch: count, bytesPerValue: count, training: count, inference: count })
    .describe("In bytes: all that gradients read, and the most at one time"),
  step: z
    .strictObject({
      pictures: count.describe("At one time: the micro-batch"),
      precision: z.enum(["float32", "bfloat16"]).describe("Of its arithmetic"),
      needed: count.describe("Bytes of memory, at the least"),
      free: count.nullable().describe("Bytes that this machine has; null where it does not say"),
      fitting: count.nullable().describe("The largest micro-batch that fits; null where none does"),
      remedy: z.string().nullable().describe("What makes it fit; null where it does"),
    })
    .nullable()
    .describe("Of training; null with a frozen trunk, which keeps hardly any maps"),
  receptiveField: receptiveField.describe("Of a cell of the last grid"),
  layers: z.array(
    z.strictObject({
      path: z.string(),
      types: z.array(z.string()).describe("Its primitives"),
      output: z.strictObject({ height: count, width: count, channels: count }),
      auxiliary: z.boolean(),
      ...costs,
      receptiveField,
    }),
  ),
  paper: z
    .array(z.strictObject({ what: z.string(), value: z.string(), source: z.string() }))
    .describe("Printed in the paper, not counted"),
});

export const costComparisonSchema = z.strictObject({
  schema: z.literal("inception.cost-comparison/1"),
  networks: z.array(
    z.strictObject({
      network: z.enum(networkNames),
      changes: z.array(z.string()).describe("Of its defaults, as --set takes them"),
      size: count,
      ...costs,
      paper: z
        .strictObject({ row: z.string(), billions: z.number(), top1: z.number(), top5: z.number().optional() })
        .describe("The row of Table 3: billions of multiply-adds, errors in per cent"),
    }),
  ),
});
