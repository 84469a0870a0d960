// Two results set against each other, as the document "inception.compare/2".
import { z } from "zod";
import { type Saved, savedProtocolSchema } from "../evaluate/saved.ts";
import { guessing } from "../statistics/guessing.ts";
import { type DocumentOf, documentOf } from "./document.ts";
import { guessingSchema } from "./evaluation-schema.ts";
import type { ResultComparison } from "./pairing.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);

const bounds = z.strictObject({ low: difference, high: difference });
const sum = z.number().min(0);

const side = z.strictObject({
  path: z.string(),
  fingerprint: z.string().describe("Of the pictures listed"),
  protocol: savedProtocolSchema,
});
const accuracies = {
  n: count.describe("Pictures"),
  accuracyA: share,
  accuracyB: share,
  difference: difference.describe("accuracyA - accuracyB"),
  p: share.describe("McNemar's exact test, two-sided"),
};
const verdict = z.enum(["A is better", "B is better", "not distinguishable"]);
const paired = z.strictObject({
  ...accuracies,
  agreement: z.strictObject({ both: sum, onlyA: sum, onlyB: sum, neither: sum }).describe("A tie divides a picture"),
  interval: bounds.describe("95%, over pictures"),
  intervalBy: z.enum(["bootstrap", "Tango"]).describe("Tango's where no resample differs"),
  scoreIntervals: z.strictObject({ tango: bounds, newcombe: bounds }).describe("95%; they never vanish"),
  verdict,
});
const grouped = z.strictObject({
  interval: bounds.describe("95%, bootstrap over groups"),
  p: share.describe("Fisher's sign-flip test over groups, two-sided"),
  verdict,
});

export const comparisonSchema = z.strictObject({
  schema: z.literal("inception.compare/2"),
  a: side,
  b: side,
  speaksOf: z.string().describe("What a difference is evidence of, and what it is not"),
  remarks: z.array(z.string()).describe("What else has to be said"),
  guessing: guessingSchema.describe("What accuracies are to be held against"),
  top1: paired,
  top5: paired,
  subset: z
    .strictObject({ classes: z.array(z.string()), rule: z.string(), top1: paired })
    .optional()
    .describe("Within the classes of a set that has only some of the models'; all else is over all classes"),
  classes: z
    .array(z.strictObject({ name: z.string(), ...accuracies, adjustedP: share.describe("Holm's over the classes") }))
    .describe("Of those that have pictures, by top-1"),
  groups: z
    .strictObject({ file: z.string(), groups: count, top1: grouped, top5: grouped })
    .optional()
    .describe("The same differences with groups of pictures for units"),
});

export const comparisonDocument = (
  a: Saved,
  b: Saved,
  comparison: ResultComparison,
): DocumentOf<typeof comparisonSchema> =>
  documentOf(comparisonSchema, {
    schema: "inception.compare/2",
    a: about(a),
    b: about(b),
    speaksOf: speaksOf([a, b]),
    remarks: comparisonRemarks([a, b]),
    guessing: guessing(a),
    ...comparison,
  });

/** One training of each says nothing of how much training again would change. */
export const speaksOf = (sides: readonly Saved[]): string =>
  `${sides.some(({ protocol }) => protocol.models.length > 1) ? "One set of trainings" : "One training"} each: this speaks about these ` +
  "models, not about the recipes that they were trained by; inception ablate trains each over several seeds.";

export const comparisonRemarks = (sides: readonly Saved[]): string[] => {
  const which = (is: (model: Saved["protocol"]["models"][number]) => boolean): string =>
    sides.flatMap(({ protocol }, i) => (protocol.models.some(is) ? ["AB"[i]!] : [])).join(" and ");
  const chosen = which(({ chosenHere }) => chosenHere === true);
  const trained = which(({ trainedHere }) => trainedHere !== undefined);
  return [
    ...(chosen
      ? [
          `Of ${chosen} the checkpoint that validated best on these very pictures was taken: its figures are a little too good.`,
        ]
      : []),
    ...(trained ? [`${trained} was trained on some of these very pictures: its figures are too good.`] : []),
  ];
};

const about = ({ path, fingerprint, protocol }: Saved) => ({ path, fingerprint, protocol });
