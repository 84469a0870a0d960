// The pictures that a report is about, found again: those of its run, and those of its evaluation by their names.
import { UserError } from "../errors.ts";
import { type Item, openSource } from "../images/sources/source.ts";
import { withoutHome } from "../run/info.ts";
import { openSets, type Sets } from "../train/training.ts";
import type { Subject } from "./subject.ts";

export interface Found {
  /** Of the run; undefined where they cannot be opened, or are not asked for. */
  readonly sets: Sets | undefined;
  readonly itemOf: (name: string) => Item | undefined;
  /** What could not be opened, and why. */
  readonly remarks: readonly string[];
}

/** `open`: the run's sets, where they are; unless pictures are `wanted`, no others are opened. */
export async function openPictures(
  { run, evaluation }: Pick<Subject, "run" | "evaluation">,
  { open, wanted }: { readonly open: Sets | undefined; readonly wanted: boolean },
): Promise<Found> {
  const remarks: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      remarks.push(`${what} cannot be shown: ${withoutHome(error.message)}.`);
      return undefined;
    }
  };
  const sets =
    open ?? (run && wanted ? await attempt("The run's pictures", () => openSets(run.experiment)) : undefined);
  const own = sets ? [...sets.train.items, ...sets.validation.items] : [];
  const items = new Map(own.map((item) => [item.name, item]));
  if (evaluation === undefined || !wanted) return { sets, itemOf: (name) => items.get(name), remarks };
  const { source, fingerprint } = evaluation.summary.data;
  if (sets && (source === sets.validation.path || fingerprint === sets.validation.fingerprint))
    return { sets, itemOf: (name) => items.get(name), remarks };
  if (source === undefined)
    return {
      sets,
      itemOf: () => undefined,
      remarks: [...remarks, "The evaluation does not say where its pictures are."],
    };
  const isTried = run !== undefined && [run.experiment.data.train, run.experiment.data.validation].includes(source);
  if (isTried) return { sets, itemOf: () => undefined, remarks };
  const listing = await attempt("The pictures of the evaluation", () => openSource(source, { leastClasses: 1 }));
  const others = new Map((listing?.items ?? []).map((item) => [item.name, item]));
  return {
    sets,
    // Names of the two sets may be the same: the evaluation's pictures come first.
    itemOf: (name) => others.get(name) ?? items.get(name),
    remarks,
  };
}
