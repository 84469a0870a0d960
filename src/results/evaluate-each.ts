// Several models, each with a result of its own: one that fails does not keep the others from theirs.
import { dirname, join } from "node:path";
import { makeFolderDurably, nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import type { Journal } from "../evaluate/journal.ts";
import type { Model } from "../evaluate/model.ts";
import { evaluateModels } from "./evaluate-models.ts";
import { type EvaluationRow, evaluationRow, evaluationsCsv, type FailedRow } from "./evaluation-rows.ts";
import type { EvaluationRequest, EvaluationSetting } from "./score-models.ts";

export interface EachRequest extends EvaluationRequest {
  /** Where the table goes, written anew with each model that ends. */
  readonly csv?: string;
}
export interface EachSetting extends Omit<EvaluationSetting, "keep"> {
  readonly open: (path: string) => Model;
  /** Hears of each model that fails, as it does. */
  readonly onFailed: (run: string, error: UserError) => void;
}
export interface EachEnd {
  readonly rows: readonly (EvaluationRow | FailedRow)[];
  /** The number of the one at which it was stopped, from 1. */
  readonly stoppedAt?: number;
}

/**
 * One after the other, opened as its turn comes. In a folder given as `output` each has one of its own. Until all have ended their progress is kept,
 * so that the same call goes on where it was stopped.
 */
export async function evaluateEach(
  runs: readonly string[],
  { csv, output, ...request }: EachRequest,
  { open, onFailed, watch, ...setting }: EachSetting,
): Promise<EachEnd> {
  const rows: (EvaluationRow | FailedRow)[] = [];
  const kept: Pick<Journal, "remove">[] = [];
  if (csv !== undefined) makeFolderDurably(nodeFs, dirname(csv));
  for (const [i, run] of runs.entries()) {
    const own = output === undefined ? request : { ...request, output: join(output, `model-${i + 1}`) };
    try {
      const end = await evaluateModels([open(run)], own, {
        ...setting,
        watch: ({ crops }) => watch({ number: i + 1, models: runs.length, crops }),
        keep: (progress) => kept.push(progress),
      });
      if ("stopped" in end) return { rows, stoppedAt: i + 1 };
      rows.push(evaluationRow(run, end));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onFailed(run, error);
      rows.push({ run, error: error.message, exit: error.exitCode });
    }
    if (csv !== undefined) replaceDurably(nodeFs, csv, evaluationsCsv(rows));
  }
  for (const progress of kept) progress.remove();
  return { rows };
}
