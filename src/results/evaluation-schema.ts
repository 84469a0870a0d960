// What summary.json of an evaluation holds, key by key: the document "inception.eval/3".
import { z } from "zod";
import { calibrationBins } from "../statistics/calibration.ts";
import type { DocumentOf } from "./document.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const maybe = share.nullable();
const interval = z.strictObject({ low: share, high: share });
const rate = z.strictObject({
  accuracy: share.describe("Share of pictures right"),
  error: share.describe("1 - accuracy"),
  interval95: interval.describe("Wilson's interval of the accuracy"),
});
const errors = {
  top1: rate.describe("The label has the largest logit; a tie counts by chance"),
  top5: rate.describe("The label is among the five largest"),
  loss: z.number().describe("Mean of -ln of the label's probability"),
};
const arithmetic = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .optional()
  .describe(
    "What decides the figures to the last bit: kernels, TensorFlow, threads, processor; of the sitting that ended it",
  );
const model = z.strictObject({
  path: z.string().describe("Its checkpoint"),
  step: count,
  weights: z.enum(["average", "raw"]).describe("Running average of the weights, or the weights themselves"),
  network: z
    .union([z.string(), z.looseObject({ name: z.string() })])
    .describe("The network's name, or all of its switches"),
  size: count.optional().describe("Height and width of the input in pixels"),
  precision: z.enum(["float32", "bfloat16"]).optional(),
  resize: z.string().optional().describe("How pictures were brought to the network's size"),
  digest: z.string().optional().describe("Of its logits over these pictures"),
  chosenHere: z
    .boolean()
    .optional()
    .describe("True: the checkpoint that validated best on these pictures, so its figures are a little too good"),
  arithmetic,
});
const ensemble = z.strictObject({
  path: z.string().describe("The folder of the result"),
  together: z.array(z.string()).min(2).describe("Its models"),
});
export const guessingSchema = z.strictObject({
  chance: share.describe("One over the number of classes"),
  majority: z.strictObject({ name: z.string(), share }).describe("The commonest class and its share of the pictures"),
});
const judged = z.strictObject({ negativeLogLikelihood: z.number(), expectedCalibrationError: share });

export const evaluationSchema = z.strictObject({
  schema: z.literal("inception.eval/3"),
  model: model.optional().describe("Of a single model"),
  models: z
    .array(z.union([model.extend(errors), ensemble.extend(errors)]))
    .optional()
    .describe("Of an ensemble: each of its results, of a model or of an ensemble"),
  data: z.strictObject({
    source: z.string().optional().describe("Where the pictures came from; a recombined result does not know"),
    fingerprint: z.string().describe("Of names, classes and sizes of the pictures listed"),
    listed: count.describe("evaluated + rejected"),
    evaluated: count.describe("n of every figure, unless it says another"),
    rejected: z.array(z.strictObject({ name: z.string(), reason: z.string() })).describe("Unreadable pictures"),
  }),
  protocol: z.strictObject({
    crops: count.describe("Looks at each picture"),
    name: z.string(),
    average: z.enum(["probabilities", "logits"]).describe("What was averaged over crops and models"),
    preset: z.string().optional(),
    size: count.optional(),
    precision: z.enum(["float32", "bfloat16"]).optional(),
    resize: z.string().optional(),
    arithmetic,
    background: z.string().optional().describe("What became of a background class in front of the others"),
  }),
  speed: z
    .strictObject({ crops: count, seconds: z.number(), cropsPerSecond: z.number().nullable() })
    .optional()
    .describe("Of the sitting that ended the evaluation"),
  ties: z
    .strictObject({ pictures: count, rule: z.string().describe("How they count") })
    .describe("Pictures whose label has the same logit as another class"),
  guessing: guessingSchema.describe("What accuracies are to be held against"),
  ...errors,
  blacklist: z
    .strictObject({
      file: z.string(),
      lines: count,
      leftOut: count.describe("Evaluated pictures that are on the list"),
      evaluated: count.describe("n without them"),
      ...errors,
    })
    .optional()
    .describe("The same figures without the pictures on a list"),
  prefixes: z
    .array(z.strictObject({ models: count, ...errors }))
    .optional()
    .describe("Of an ensemble: the first so many models together"),
  gains: z
    .array(z.strictObject({ crops: count, ...errors }))
    .optional()
    .describe("The first so many crops alone"),
  macro: z
    .strictObject({ precision: maybe, recall: maybe, f1: maybe })
    .describe("Means over the classes that have pictures"),
  classes: z.array(
    z.strictObject({
      name: z.string(),
      n: count.describe("Pictures with this label"),
      correct: count,
      precision: maybe.describe("correct / pictures taken for this class; null of none"),
      recall: maybe.describe("correct / n; null of none"),
      f1: maybe.describe("Harmonic mean of both"),
    }),
  ),
  confused: z
    .array(z.strictObject({ label: z.string(), predicted: z.string(), count, share: share.describe("count / n") }))
    .describe("The commonest confusions, at most ten; all are in confusion.csv"),
  calibration: z.strictObject({
    negativeLogLikelihood: z.number(),
    brier: z.number().min(0).max(2).describe("Summed over classes"),
    expectedCalibrationError: share.describe(`Over ${calibrationBins} bins of equal width`),
    bins: z
      .array(z.strictObject({ low: share, high: share, count, confidence: maybe, accuracy: maybe }))
      .length(calibrationBins)
      .describe("By the largest probability, in (low, high]"),
    temperature: z
      .strictObject({
        temperature: z.number().positive(),
        atLimit: z.boolean().describe("The likelihood still rose at the end of the range searched"),
        fittedOn: count,
        judgedOn: count,
        before: judged,
        after: judged,
      })
      .nullable()
      .describe("Fitted on half of the pictures, by hash of their names, and judged on the others; null of too few"),
  }),
  mistakes: z
    .array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        predicted: z.string(),
        labelProbability: share,
        predictedProbability: share,
        rank: z.number().min(0).describe("Classes with a larger logit than the label, and half of those with the same"),
        loss: z.number(),
      }),
    )
    .describe("The worst, at most fifty: least probability for the label first"),
  folder: z.string().optional().describe("Where the files are; with --json only"),
});
export type EvaluationDocument = DocumentOf<typeof evaluationSchema>;
