// The keys of `train` that may end a run before its length.
import { z } from "zod";

export const earlyStoppingKeys = {
  patience: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("Validations in a row without a better top-1 after which the run ends; null: it has its whole length"),
};
