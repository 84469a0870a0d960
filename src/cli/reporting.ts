// The work of `inception report`, and the report that training and evaluation write by themselves.
import { basename, dirname, join, resolve } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";
import { newestRun } from "../run/folder.ts";
import { ablationReport, isAblation } from "../run-report/ablation.ts";
import { isEvaluation } from "../run-report/evaluation.ts";
import { evaluationReport, type Report, type ReportOptions, runReport } from "../run-report/report.ts";
import { isRun } from "../run-report/run.ts";
import { severalReport } from "../run-report/several.ts";
import type { Sets } from "../train/training.ts";
import { note, warn } from "./print.ts";

export type Written = {
  readonly file: string;
  readonly bytes: number;
  readonly pictures: number;
  readonly evaluation: string | null;
  readonly remarks: readonly string[];
};

export const reportFile = "report.html";

/** Of the newest run where none is named; of several runs together. Throws UserError("checkpoint") where there is nothing to report on. */
export async function writeReport(
  paths: readonly string[],
  { output, megabytes }: { readonly output: string | undefined; readonly megabytes: number },
): Promise<Written> {
  if (paths.length > 1) return save(await reportOnSeveral(paths), output ?? reportFile);
  const subject = paths[0] ?? newestRun("runs/train", warn);
  if (subject === undefined)
    throw new UserError("checkpoint", "there is no run in runs/train to report on", {
      hint: "train one: inception train",
    });
  if (paths.length === 0) note(`report of ${subject}`);
  const report = await reportOn(subject, { budget: megabytes * 1e6 });
  return output === undefined ? saveInto(subject, report) : save(report, output);
}

async function reportOnSeveral(paths: readonly string[]): Promise<Report> {
  const other = paths.find((path) => !isRun(path));
  if (other !== undefined)
    throw new UserError("checkpoint", `${other} is not a run folder: it has no run.json`, {
      hint: "several are set against each other where all are runs",
    });
  if (new Set(paths.map((path) => resolve(path))).size < paths.length)
    throw new UserError("usage", "a run is given twice, expected different ones");
  return severalReport(paths);
}

async function reportOn(path: string, options: ReportOptions): Promise<Report> {
  if (isRun(path)) return runReport(path, options);
  if (isEvaluation(path)) return evaluationReport(path, options);
  if (isAblation(path)) return ablationReport(path);
  throw new UserError(
    "checkpoint",
    `${path} is no run, evaluation or ablation: it has no run.json, summary.json or table.json`,
    {
      hint: "give a folder such as runs/train/quickstart-1, or one below its eval/",
    },
  );
}

function save({ text, evaluation, pictures, remarks }: Report, file: string): Written {
  write(file, text);
  return { file, bytes: Buffer.byteLength(text), pictures, evaluation: evaluation ?? null, remarks };
}

function write(file: string, text: string): void {
  try {
    replaceDurably(nodeFs, file, text);
  } catch (error) {
    throw explainIoError(error, "cannot write", file);
  }
}

/** With the drawings beside it. */
function saveInto(folder: string, report: Report): Written {
  for (const [file, text] of Object.entries(report.drawings)) write(join(folder, file), text);
  return save(report, join(folder, reportFile));
}

/** Room for pictures where nobody says how much. */
const usualMegabytes = 5;

/**
 * Writes a run's report anew into its folder and gives the file. What keeps it from that is no trouble of the run's: it is a warning, and undefined
 * is given. `sets`: the run's pictures where they are open; `pictures`: whether they are shown.
 */
export async function refreshReport(
  run: string,
  { sets, pictures = true }: { readonly sets?: Sets; readonly pictures?: boolean } = {},
): Promise<string | undefined> {
  try {
    const budget = pictures ? usualMegabytes * 1e6 : 0;
    return saveInto(run, await runReport(run, { budget, ...(sets && { sets }) })).file;
  } catch (error) {
    warn({ message: `${join(run, reportFile)} was not written: ${(error as Error).message}` });
    return undefined;
  }
}

/** The same for the run that a result lies in; undefined where it lies elsewhere. */
export async function refreshReportAround(result: string): Promise<string | undefined> {
  const run = dirname(dirname(result));
  return basename(dirname(result)) === "eval" && isRun(run) ? refreshReport(run) : undefined;
}

export interface ReportKeeper {
  /** Writes it in the background, without pictures; one that is being written is not waited for. */
  refresh(): void;
  /** Writes all of it and gives the file; undefined where it could not be written. */
  finish(): Promise<string | undefined>;
}

/** Keeps the report of a run that trains up to date. */
export function keepReport(run: string, sets: Sets): ReportKeeper {
  let writing: Promise<unknown> | undefined;
  return {
    refresh() {
      writing ??= refreshReport(run, { sets, pictures: false }).finally(() => {
        writing = undefined;
      });
    },
    async finish() {
      await writing;
      return refreshReport(run, { sets });
    },
  };
}
