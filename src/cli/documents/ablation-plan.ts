// What `inception ablate --dry-run` prints with --json.
import { z } from "zod";
import { ablationResultsSchema } from "../../ablate/document.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const source = z.enum(["given", "measured", "assumed"]);
const { name, mode, crops, seeds, rows } = ablationResultsSchema.shape;

export const ablationPlanSchema = z.strictObject({
  schema: z.literal("inception.ablate-plan/2"),
  name,
  mode,
  folder: z.string(),
  base: z.string().describe("The file of the base experiment"),
  seeds,
  crops,
  rows: z.array(
    z.strictObject({
      name: z.string(),
      against: z.string().nullable().describe("The row that the changes are against; null: the base"),
      changes: rows.element.shape.changes,
      ...rows.element.shape.cost.shape,
      steps: count.nullable().describe("Of a training; null where the pictures are not known"),
    }),
  ),
  cells: z.array(
    z.strictObject({
      id: z.string(),
      row: z.string(),
      seed: count,
      folder: z.string(),
      state: z.enum(["missing", "unfinished", "trained", "done", "diverged", "killed", "failed"]),
    }),
  ),
  power: z
    .strictObject({
      pictures: count.describe("That judge"),
      comparisons: count.describe("Of one kind, over which Holm corrects"),
      power: share.describe("How often the difference is found"),
      disagreement: share.describe("Share of pictures that just one of two trainings gets right"),
      disagreementFrom: source,
      sdFrom: source,
      prospects: z.array(
        z.strictObject({
          seeds: count,
          sd: share.describe("Of a training's error over seeds"),
          smallestDifference: share.nullable().describe("Of two rows' errors; null where none is large enough"),
          leastP: share.nullable().describe("Of the sign-flip test; null with one seed"),
        }),
      ),
    })
    .nullable()
    .describe("With --power: what difference the plan can show"),
  cellsLeft: count,
  secondsLeft: z.number().nullable().describe("One cell after another; null where it was not estimated"),
});
