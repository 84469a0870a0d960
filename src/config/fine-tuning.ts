// The keys of `train` that make something of trained weights.
import { z } from "zod";

const words = "a block or layer, a pattern of names, `through Mixed_5d`, or `trunk` for all but the classifiers";

const headFirst = z.strictObject({
  epochs: z.number().positive().default(20).describe("Length of this phase, before that of the run"),
  learningRate: z
    .number()
    .positive()
    .default(0.01)
    .describe("The full rate in it, which the schedule scales over its length"),
  views: z
    .int()
    .positive()
    .default(1)
    .describe("Versions of each picture whose features are computed: the crop of evaluation, then augmented ones"),
});

export const fineTuningKeys = {
  from: z
    .string()
    .optional()
    .describe("Weights to start from: a run, a checkpoint, or the name of imported ones; left out, random ones"),
  freeze: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .describe(`Layers that keep their weights and statistics: ${words}`),
  rateByDepth: z
    .union([z.number().positive().max(1), z.record(z.string(), z.number().min(0))])
    .default(1)
    .describe(
      "Rate of each block over that of the block above it; or a table of layers, in the words of freeze, with their rate over the full one",
    ),
  headFirst: headFirst
    .nullable()
    .default(null)
    .describe("A first phase in which the classifier alone learns, on features that are computed once; null for none"),
};
