// What `inception ablate --dry-run` prints with --json.
import { z } from "zod";
import { ablationResultsSchema } from "../../ablate/document.ts";

const count = z.int().min(0);
const { name, mode, crops, seeds, rows } = ablationResultsSchema.shape;

export const ablationPlanSchema = z.strictObject({
  schema: z.literal("inception.ablate-plan/1"),
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
  cellsLeft: count,
  secondsLeft: z.number().nullable().describe("One cell after another; null where it was not estimated"),
});
