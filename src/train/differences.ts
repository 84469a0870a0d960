// What differs between the experiment that a checkpoint was made with and the one that is to resume it.
import { changesBetween } from "../config/changes.ts";
import { type Experiment, experimentSchema } from "../config/schema.ts";

/** They say when a run ends, and nothing of what it is until then: a run that ended early may go on. */
const mayChange: ReadonlySet<string> = new Set(["train.patience"]);

/** Dotted keys at which the two differ. Keys that `stored` is too old to have count with their defaults. */
export function differences(stored: unknown, experiment: Experiment): string[] {
  const { data } = experimentSchema.safeParse(stored);
  return changesBetween(data ?? (stored as object), experiment).flatMap(({ key }) => (mayChange.has(key) ? [] : [key]));
}
