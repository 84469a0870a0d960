// The pictures that a report is about, found again: those of its run, and those of its evaluation by their names.
import { UserError } from "../errors.ts";
import { type Item, openSource } from "../images/sources/source.ts";
import { withoutHome } from "../run/info.ts";
import { openSets, type Sets } from "../train/training.ts";
import type { ReportedEvaluation } from "./evaluation.ts";
import type { ReportedRun } from "./run.ts";
import type { Subject } from "./subject.ts";

export interface Found {
  /** Of the run; undefined where they cannot be opened, or are not asked for. */
  readonly sets: Sets | undefined;
  /** Of the evaluation. */
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
  const attempt: Attempt = async (what, work) => {
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
  const items = evaluation && wanted ? await itemsOf({ run, evaluation }, sets, attempt, remarks) : [];
  const byName = new Map(items.map((item) => [item.name, item]));
  return { sets, itemOf: (name) => byName.get(name), remarks };
}

type Attempt = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>;

/** Those of an evaluation: the run's own, of which the validation's come last, or another source's. */
async function itemsOf(
  { run, evaluation }: { readonly run: ReportedRun | undefined; readonly evaluation: ReportedEvaluation },
  sets: Sets | undefined,
  attempt: Attempt,
  remarks: string[],
): Promise<readonly Item[]> {
  const { source, fingerprint } = evaluation.summary.data;
  if (sets && (source === sets.validation.path || fingerprint === sets.validation.fingerprint))
    return [...sets.train.items, ...sets.validation.items];
  if (source === undefined) {
    remarks.push("The evaluation does not say where its pictures are.");
    return [];
  }
  // What could not be opened for the run has been told.
  if (run && [run.experiment.data.train, run.experiment.data.validation].includes(source)) return [];
  const listing = await attempt("The pictures of the evaluation", () => openSource(source, { leastClasses: 1 }));
  return listing?.items ?? [];
}
