// What differs between the experiment that a checkpoint was made with and the one that is to resume it.
import { changesBetween, everyChange } from "../config/changes.ts";
import { type Experiment, experimentSchema } from "../config/schema.ts";

/**
 * How long a run is, when it ends or diverges, where its pictures lie (fingerprints say which they are), and what becomes of unreadable ones: nothing that a
 * run is up to where it is taken up again.
 */
const mayChange = /^(train\.(epochs|steps|patience|onDivergence\..*)|data\.(train|validation|onBadImage))$/;

/** Dotted keys at which the two differ and may not. Keys that `stored` is too old to have count with their defaults. */
export function differences(stored: unknown, experiment: Experiment): string[] {
  const { data } = experimentSchema.safeParse(stored);
  return changesBetween(data ?? (stored as object), experiment).flatMap(({ key }) =>
    mayChange.test(key) ? [] : [key],
  );
}

/** Everything that differs, each as `data.train: photos -> /mnt/photos`. */
export const changesInWords = (before: Experiment, after: Experiment): string[] =>
  everyChange(before, after).map(({ key, before, after }) => `${key}: ${inWords(before)} -> ${inWords(after)}`);

const inWords = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "none"));
