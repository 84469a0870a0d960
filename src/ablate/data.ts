// The pictures of an ablation's rows, opened once to know how many there are and that nothing is wrong with them.
import type { Experiment } from "../config/schema.ts";
import type { Listing } from "../images/sources/listing.ts";
import { runLength } from "../train/schedule.ts";
import { openSets } from "../train/training.ts";
import type { SetSizes } from "./estimate.ts";
import type { Plan } from "./plan.ts";

export type CellData = SetSizes & {
  readonly steps: number;
  /** To train on. */
  readonly pictures: Listing;
  /** Fingerprint of the pictures that judge. */
  readonly fingerprint: string;
};

/** What is known of an experiment's data. Throws UserError("data") for the first set that cannot be opened. */
export async function openData({ rows }: Pick<Plan, "rows">): Promise<(experiment: Experiment) => CellData> {
  const sizes = new Map<string, Omit<CellData, "steps">>();
  for (const { experiment } of rows) {
    const key = sourceOf(experiment);
    if (sizes.has(key)) continue;
    const { train, validation } = await openSets(experiment);
    sizes.set(key, {
      classes: train.classes.length,
      training: train.items.length,
      validation: validation.items.length,
      pictures: train,
      fingerprint: validation.fingerprint,
    });
  }
  return (experiment) => {
    const found = sizes.get(sourceOf(experiment))!;
    return { ...found, steps: runLength(experiment.train, found.training).steps };
  };
}

const sourceOf = ({ data: { train, validation } }: Experiment): string => JSON.stringify([train, validation]);
