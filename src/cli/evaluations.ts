// `inception eval --each`: the table of many runs, and what is said while they are evaluated.
import { exitCodes } from "../errors.ts";
import { evaluateEach } from "../results/evaluate-each.ts";
import type { EvaluationRow, FailedRow } from "../results/evaluation-rows.ts";
import type { EvaluationRequest } from "../results/score-models.ts";
import { trainingOf } from "../train/training.ts";
import { openAloud, type Weights } from "./chosen-model.ts";
import { barOf, validationOf } from "./evaluation.ts";
import { formatTable, note, print, printJson } from "./print.ts";

type Request = EvaluationRequest & { readonly csv?: string; readonly json?: boolean };

/** The exit code is that of the first run that failed. */
export async function evaluateEachAloud(
  runs: readonly string[],
  weights: Weights,
  { json, ...request }: Request,
  signal: AbortSignal,
): Promise<void> {
  const { rows, stoppedAt } = await evaluateEach(runs, request, {
    open: (path) => openAloud(path, weights),
    onFailed: (run, { message, hint }) => note(`error: ${run}: ${message}${hint ? `\nhint: ${hint}` : ""}`),
    validationOf,
    trainingOf,
    watch: barOf(request),
    signal,
  });
  if (stoppedAt !== undefined) {
    process.exitCode = exitCodes.stopped;
    return note(
      `Stopped at ${runs[stoppedAt - 1]}, ${stoppedAt} of ${runs.length}.\nGive the same command again to continue.`,
    );
  }
  const failed = rows.filter(isFailed);
  if (failed[0]) process.exitCode = failed[0].exit;
  const { refreshReportAround } = await import("./reporting.ts");
  for (const row of rows) if (!isFailed(row)) await refreshReportAround(row.folder);
  const { csv } = request;
  if (json) return printJson({ schema: "inception.eval-each/1", runs: rows, ...(csv === undefined ? {} : { csv }) });
  print(describeRows(rows));
  if (csv !== undefined) print(`\nwritten to ${csv}`);
}

const isFailed = (row: EvaluationRow | FailedRow): row is FailedRow => "error" in row;

/** A line for each run; what failed, and whether the figures are of the same pictures, below. */
export function describeRows(rows: readonly (EvaluationRow | FailedRow)[]): string {
  const done = rows.filter((row) => !isFailed(row)) as EvaluationRow[];
  const sets = new Set(done.map(({ fingerprint }) => fingerprint)).size;
  const failed = rows.filter(isFailed);
  return [
    formatTable(["run", "pictures", "top-1", "95%", "top-5", "loss", "parameters", "multiply-adds"], rows.map(cells)),
    ...(sets > 1
      ? [`the runs were evaluated on ${sets} different sets of pictures: their figures do not compare`]
      : []),
    ...failed.map(({ run, error }) => `failed: ${run}: ${error}`),
  ].join("\n");
}

const cells = (row: EvaluationRow | FailedRow): (string | number)[] =>
  isFailed(row)
    ? [row.run, "", "failed", "", "", "", "", ""]
    : [
        row.run,
        row.n,
        percent(row.top1),
        `${(100 * row.top1Low).toFixed(2)} to ${(100 * row.top1High).toFixed(2)}`,
        percent(row.top5),
        row.loss.toFixed(4),
        row.parameters,
        row.multiplyAdds,
      ];

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
