// What differs between the experiment that a checkpoint was made with and the one that is to resume it.
import { changesBetween } from "../config/changes.ts";
import { type Experiment, experimentSchema } from "../config/schema.ts";

/** They say when a run ends, or diverges, and nothing of what it is until then: a run that ended so may go on. */
const mayChange = /^train\.(patience|onDivergence\..*)$/;

/** Dotted keys at which the two differ. Keys that `stored` is too old to have count with their defaults. */
export function differences(stored: unknown, experiment: Experiment): string[] {
  const { data } = experimentSchema.safeParse(stored);
  return changesBetween(data ?? (stored as object), experiment).flatMap(({ key }) =>
    mayChange.test(key) ? [] : [key],
  );
}
