// What summary.json of an evaluation holds, key by key: the document "inception.eval/3".
import { z } from "zod";
import { calibrationBins } from "../statistics/calibration.ts";
import type { DocumentOf } from "./document.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const maybe = share.nullable();
const coefficient = z.number().min(-1).max(1);
const interval = z.strictObject({ low: share, high: share });
const correlationInterval = z.strictObject({ low: coefficient, high: coefficient });
const rate = z.strictObject({
  accuracy: share.describe("Share of pictures right"),
  error: share.describe("1 - accuracy"),
  interval95: interval.describe("Wilson's interval of the accuracy"),
});
const areas = {
  auc: maybe.describe("Area under the ROC curve of the class against the rest; null where all or none are of it"),
  averagePrecision: maybe.describe("Area under the precision-recall curve, by steps; null of no pictures"),
};
const means = z.strictObject({ precision: maybe, recall: maybe, f1: maybe, ...areas });
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
const view = {
  preset: z.string().optional().describe("Of a single crop"),
  fit: z.string().optional().describe("Where the whole picture is seen: letterbox or squash"),
  cropShare: z.number().optional().describe("Where it is not the preset's"),
  interpolation: z.string().optional().describe("Where it is not the preset's"),
};
const model = z.strictObject({
  path: z.string().describe("Its checkpoint"),
  step: count,
  weights: z.enum(["average", "raw"]).describe("Running average of the weights, or the weights themselves"),
  network: z
    .union([z.string(), z.looseObject({ name: z.string() })])
    .describe("The network's name, or all of its switches"),
  size: count.optional().describe("Height and width of the input in pixels"),
  ...view,
  precision: z.enum(["float32", "bfloat16"]).optional(),
  resize: z.string().optional().describe("How pictures were brought to the network's size"),
  digest: z.string().optional().describe("Of its logits over these pictures"),
  chosenHere: z
    .boolean()
    .optional()
    .describe("True: the checkpoint that validated best on these pictures, so its figures are a little too good"),
  trainedHere: count.optional().describe("How many of the pictures it was trained on: its figures are too good"),
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
const macro = z
  .strictObject({ precision: maybe, recall: maybe, f1: maybe })
  .describe("Means over the classes that have pictures");
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
    ...view,
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
  real: z
    .strictObject({
      file: z.string(),
      rule: z.string(),
      evaluated: count.describe("n of the figures here: pictures with a right label"),
      withoutLabels: count.describe("Left out: on the list, with no label"),
      notListed: count.describe("Left out: not on the list"),
      labels: count.describe("Right labels of these pictures together"),
      top1: rate,
      ownLabelTop1: rate.describe("By the set's own label alone, on the same pictures"),
    })
    .optional()
    .describe("Where a list says several right labels for a picture"),
  subset: z
    .strictObject({
      classes: z.array(z.string()).describe("Those of the set"),
      rule: z.string(),
      ...errors,
      macro,
    })
    .optional()
    .describe("Within the classes of a set that has only some of the model's; all other figures are over all classes"),
  prefixes: z
    .array(z.strictObject({ models: count, ...errors }))
    .optional()
    .describe("Of an ensemble: the first so many models together"),
  gains: z
    .array(z.strictObject({ crops: count, ...errors }))
    .optional()
    .describe("The first so many crops alone"),
  macro: means.describe("Means over the classes that have pictures; recall is the balanced accuracy"),
  weighted: means.describe("The same, each class weighing as much as it has pictures"),
  matthews: coefficient.describe("Matthews's correlation coefficient of labels and predictions (Gorodkin's R_K)"),
  kappa: coefficient.nullable().describe("Cohen's kappa; null where all labels and predictions are one class"),
  intervals95: z
    .strictObject({
      resamples: count,
      macroF1: interval.describe("Basic rather than percentile, as of ECE: it takes off the bias of resampling"),
      matthews: correlationInterval,
      expectedCalibrationError: interval.describe("From zero where a calibrated model could have as much by chance"),
    })
    .describe("Bootstrap over pictures"),
  groups: z
    .strictObject({
      file: z.string(),
      groups: count,
      top1: interval,
      top5: interval,
      macroF1: interval,
      matthews: correlationInterval,
    })
    .optional()
    .describe("95% bootstrap intervals over groups of pictures, as those of a group are not independent"),
  classes: z.array(
    z.strictObject({
      name: z.string(),
      n: count.describe("Pictures with this label"),
      taken: count.describe("Pictures taken for this class"),
      correct: count,
      precision: maybe.describe("correct / taken; null of none"),
      recall: maybe.describe("correct / n; null of none"),
      f1: maybe.describe("Harmonic mean of both"),
      ...areas,
      intervals95: z
        .strictObject({ precision: interval.nullable(), recall: interval.nullable(), f1: interval.nullable() })
        .describe("Wilson's of the two shares, bootstrap over pictures of F1"),
    }),
  ),
  confused: z
    .array(z.strictObject({ label: z.string(), predicted: z.string(), count, share: share.describe("count / n") }))
    .describe("The commonest confusions, at most ten; all are in confusion.csv"),
  calibration: z.strictObject({
    negativeLogLikelihood: z.number(),
    brier: z.number().min(0).max(2).describe("Summed over classes"),
    expectedCalibrationError: share.describe(`Over ${calibrationBins} bins of equal width`),
    errorByChance: share.describe("What 95% of calibrated models with these confidences have at most"),
    adaptiveCalibrationError: share.describe("Over as many bins of equal numbers of pictures"),
    classwiseCalibrationError: share.describe("Mean over classes of the error of their probabilities, in such bins"),
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
  selective: z
    .strictObject({
      areaUnderRisk: share.describe("AURC: mean error of the most certain 1, 2 ... n pictures"),
      excessArea: z.number().describe("AURC less that of an order with all errors last"),
      accepted: z
        .array(
          z.strictObject({
            above: share.describe("Only pictures of a larger probability are accepted"),
            n: count,
            share: share.describe("Of the pictures evaluated"),
            accuracy: maybe.describe("Top-1; null of none"),
            interval95: interval.nullable().describe("Wilson's"),
          }),
        )
        .describe("What abstaining below a probability would give"),
    })
    .describe("Errors of the most certain pictures; the whole curve is in risk-coverage.csv"),
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
