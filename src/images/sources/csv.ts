// Comma-separated values as RFC 4180 has them.
import { UserError } from "../../errors.ts";

export type CsvRow = { readonly line: number; readonly cells: readonly string[] };

/** Rows with the line each starts on; empty lines are passed over. Throws UserError("data") for an open quote. */
export function parseCsv(text: string, file: string): CsvRow[] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match)
      throw new UserError("data", `${file}:${line}: a quote that is not closed, or text beside a quoted cell`);
    const [all, quoted, plain, end] = match;
    cells.push(quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"'));
    line += all.split(/\r?\n|\r/).length - 1;
    if (end === ",") {
      // A comma at the very end of the text opens one more, empty, cell.
      if (cell.lastIndex < text.length) continue;
      cells.push("");
    }
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return rows;
}
