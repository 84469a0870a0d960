// An ablation's results as the document "inception.ablate/2": table.json, and what --json prints.
import { z } from "zod";
import { type DocumentOf, documentOf } from "../results/document.ts";
import { outcomeSchema } from "./cell.ts";
import { ablationSchema, modes } from "./file.ts";
import { remarks } from "./remarks.ts";
import type { AblationResults, RowResult } from "./results.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const sum = z.number().min(0);
const basis = z.enum(["seeds", "pictures"]).describe("What varies: trainings, or where there is one seed, pictures");
const interval = z.strictObject({ low: z.number(), high: z.number() });

const change = z.strictObject({
  key: z.string(),
  before: z.unknown().optional().describe("Left out where the key was not there"),
  after: z.unknown().optional(),
});

const verdict = z.enum(["better", "worse", "not distinguishable", "one seed", "survivors only"]);

const difference = z.strictObject({
  to: z.string().describe("Name of the other row"),
  seeds: z.array(count).describe("Seeds that both finished"),
  basis,
  mean: z.number().describe("This row's error minus the other's: below zero is better"),
  sd: z.number().min(0).nullable(),
  interval: interval.describe("95%, the pictures taken as given; over pictures with one seed"),
  intervalBy: z.enum(["Student's t", "bootstrap", "Tango"]),
  wideInterval: interval.nullable().describe("95%, over other seeds and other pictures together"),
  test: z.enum(["paired t", "sign-flip", "McNemar"]),
  p: share.describe("Two-sided"),
  adjustedP: share.describe("Holm's over the comparisons of the same kind"),
  family: count.describe("Comparisons that adjustedP is corrected for: of the same kind, over seeds or over pictures"),
  tableP: share.describe("Holm's over all comparisons of the table, over seeds or over pictures"),
  exactP: share.nullable().describe("Sign-flip test over seeds"),
  leastP: share.nullable().describe("The least that it can give with so many seeds"),
  unpaired: z
    .strictObject({ mean: z.number(), interval, df: z.number(), p: share })
    .nullable()
    .describe("Welch's test of all seeds of both rows, without pairing"),
  correlation: z
    .number()
    .min(-1)
    .max(1)
    .nullable()
    .describe("Of the two rows' errors over shared seeds; null of fewer than three"),
  leastCorrelation: share.nullable().describe("From this correlation on the paired interval is the narrower one"),
  effect: z.number().nullable().describe("Cohen's d_z over seeds"),
  agreement: z.strictObject({ both: sum, onlyA: sum, onlyB: sum, neither: sum }).describe("Summed over seeds"),
  verdict,
});

const effect = z.strictObject({
  factors: z.array(z.string()).min(1).describe("One change: its main effect; more: their interaction"),
  seeds: z.array(count).describe("Seeds that every row concerned finished"),
  settings: count.describe("Settings of the other changes that it is the mean of"),
  mean: z.number().describe("Error with minus error without; of more: together minus the sum. Below zero is better"),
  sd: z.number().min(0).nullable(),
  interval: interval.nullable().describe("95% over seeds; null with one seed or without spread"),
  wideInterval: interval.describe("95%, over other seeds and other pictures together"),
  test: z.enum(["paired t", "sign-flip"]).nullable().describe("Null with one seed"),
  p: share.nullable(),
  adjustedP: share.nullable().describe("Holm's over the effects of as many changes"),
  family: count,
  exactP: share.nullable(),
  leastP: share.nullable(),
  effect: z.number().nullable().describe("Cohen's d_z over seeds"),
  verdict,
});

const statistics = z.strictObject({
  name: z.string(),
  seeds: z.array(count).describe("Those that finished"),
  diverged: z.array(count).describe("Those that diverged: the mean is of the others"),
  error: z
    .strictObject({
      perSeed: z.array(share),
      mean: share,
      sd: z.number().min(0).nullable(),
      interval: interval.describe("95%, the pictures taken as given; Wilson's with one seed or without spread"),
      intervalBy: z.enum(["Student's t", "Wilson"]),
      wideInterval: interval.nullable().describe("95%, over other seeds and other pictures together"),
      basis,
    })
    .nullable()
    .describe("Shares of pictures wrong; null where no cell finished"),
  previous: difference.nullable().describe("Against the row above"),
  base: difference.nullable().describe("Against the first row"),
});

const unfit = z
  .strictObject({ kind: z.literal("unfit"), message: z.string() })
  .describe("There is a result, and it is not what the plan asks for");

const cell = z.strictObject({
  id: z.string(),
  seed: count,
  state: z.union([
    z.strictObject({ kind: z.enum(["missing", "unfinished", "trained", "done"]) }),
    outcomeSchema,
    unfit,
  ]),
  run: z.string(),
  evaluation: z.string(),
  log: z.string(),
  figures: z
    .strictObject({ top1: share, top5: share, loss: z.number() })
    .optional()
    .describe("Errors and mean loss of a finished cell"),
});

export const ablationResultsSchema = z.strictObject({
  schema: z.literal("inception.ablate/2"),
  folder: z.string().optional().describe("Where the files are; with --json only"),
  files: z.array(z.string()).optional().describe("What was written there; with --json only"),
  name: z.string(),
  mode: z.enum(modes),
  crops: ablationSchema.shape.evaluate.unwrap().shape.crops.unwrap(),
  seeds: z.array(count),
  pictures: count.describe("That every cell was judged on"),
  classes: count.nullable().describe("Of the data"),
  majority: share.nullable().describe("Share of pictures that are of the commonest class"),
  comparisons: z.strictObject({
    families: z.strictObject({ previous: count, base: count }).describe("How many Holm's correction covers"),
    table: z.strictObject({ seeds: count, pictures: count }).describe("Different comparisons that tableP covers"),
    oneSeed: z.boolean().describe("Every comparison rests on one seed"),
  }),
  warnings: z.array(z.string()),
  remarks: z.array(z.string()).describe("What has to be said below the table"),
  rows: z.array(
    z.strictObject({
      name: z.string(),
      changes: z.array(change),
      cost: z.strictObject({ parameters: count, trainingParameters: count, multiplyAdds: count }),
      cells: z.array(cell).describe("Paths are from the ablation's folder"),
      top1: statistics,
      top5: statistics,
      paper: z
        .strictObject({
          source: z.string(),
          top1Percent: z.number().optional(),
          top5Percent: z.number().optional(),
          multiplyAdds: z.number().optional(),
        })
        .nullable()
        .describe("What the paper prints for the row"),
    }),
  ),
  effects: z.array(effect).nullable().describe("Main effects and interactions of a grid, by top-1; null elsewhere"),
});
export type AblationDocument = DocumentOf<typeof ablationResultsSchema>;

/** `place`: where it was written, for what is printed. */
export const ablationDocument = (
  results: AblationResults,
  place: { readonly folder?: string; readonly files?: readonly string[] } = {},
): AblationDocument => {
  const { name, mode, crops, seeds, pictures, comparisons, warnings, rows } = results;
  return documentOf(ablationResultsSchema, {
    schema: "inception.ablate/2",
    ...place,
    name,
    mode,
    crops,
    seeds,
    pictures,
    classes: results.classes ?? null,
    majority: results.majority ?? null,
    comparisons,
    warnings,
    remarks: remarks(results),
    rows: rows.map(({ paper, ...row }) => ({ ...row, paper: paperOf(paper) })),
    effects: results.effects ?? null,
  });
};

const paperOf = (paper: RowResult["paper"]) =>
  paper
    ? {
        source: "arXiv 1512.00567, on ImageNet",
        top1Percent: paper.top1,
        top5Percent: paper.top5,
        multiplyAdds: paper.multiplyAdds,
      }
    : null;
