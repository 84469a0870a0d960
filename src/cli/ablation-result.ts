// An ablation's results for the terminal.
import { join } from "node:path";
import { remarks } from "../ablate/remarks.ts";
import type { AblationResults } from "../ablate/results.ts";
import { failures, resultTables, type TextTable } from "../ablate/table.ts";
import { formatTable, lineWidth, wrap } from "./print.ts";

export function describeResults(results: AblationResults, folder: string): string {
  const failed = failures(results).map(({ cell, message, log }) => `${cell}: ${message} (${join(folder, log)})`);
  const tables = resultTables(results).map((table) => {
    const { title, header, rows } = withShortNames(table);
    return `${title}\n${formatTable(header, rows)}`;
  });
  const said = remarks(results).flatMap((text) => wrap(text));
  return [...tables, [...said, ...failed].join("\n")].join("\n\n");
}

const shortestName = 12;

/** Names on several lines, where the table would be wider than a line. */
export function withShortNames(table: TextTable): TextTable {
  const { header, rows } = table;
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(shortestName, lineWidth - others);
  return {
    ...table,
    rows: rows.flatMap(([name, ...cells]) => {
      const lines = wrap(name!, room);
      return lines.map((line, i) => [line, ...(i === lines.length - 1 ? cells : cells.map(() => ""))]);
    }),
  };
}
