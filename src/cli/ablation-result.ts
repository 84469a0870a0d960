// An ablation's results for the terminal.
import { join } from "node:path";
import type { AblationResults } from "../ablate/results.ts";
import { failures, remarks, resultTable } from "../ablate/table.ts";
import { formatTable } from "./print.ts";

export function describeResults(results: AblationResults, folder: string): string {
  const { header, rows } = resultTable(results, { narrow: true });
  const failed = failures(results).map(({ cell, message, log }) => `${cell}: ${message} (${join(folder, log)})`);
  return [formatTable(header, rows), "", ...remarks(results), ...failed].join("\n");
}
