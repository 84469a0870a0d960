// The files that an ablation's results are written to, in every format.
import { jsonText } from "../results/document.ts";
import { type FileWriters, writeFiles } from "../results/files.ts";
import { curves, drawCurve, type RowLogs, readLogs } from "./curves.ts";
import { ablationDocument } from "./document.ts";
import { effectsCsv, toCsv, toLatex, toMarkdown } from "./formats.ts";
import type { AblationResults } from "./results.ts";

export type AblationReport = { readonly results: AblationResults; readonly logs: readonly RowLogs[] };

/** Curves are drawn as soon as a cell is done. */
export const reportFiles: FileWriters<AblationReport> = {
  "table.md": ({ results }) => toMarkdown(results),
  "table.csv": ({ results }) => toCsv(results),
  "table.tex": ({ results }) => toLatex(results),
  "table.json": ({ results }) => jsonText(ablationDocument(results)),
  "effects.csv": ({ results }) => effectsCsv(results),
  "training-loss.svg": ({ logs }) => drawCurve(curves.trainingLoss, logs),
  "validation-loss.svg": ({ logs }) => drawCurve(curves.validationLoss, logs),
  "accuracy.svg": ({ logs }) => drawCurve(curves.accuracy, logs),
};

/** Replaces the files of an earlier sitting; says which there are. */
export const writeReport = (folder: string, results: AblationResults): string[] =>
  writeFiles(folder, reportFiles, { results, logs: readLogs(folder, results) });
