// What a report is about: a run with its newest evaluation, or either alone.
import type { ReportedEvaluation } from "./evaluation.ts";
import type { ReportedRun } from "./run.ts";

export interface Subject {
  readonly run: ReportedRun | undefined;
  /** The newest. */
  readonly evaluation: ReportedEvaluation | undefined;
  /** Folders of all of them. */
  readonly evaluations: readonly string[];
}
