// Comma-separated values as RFC 4180 has them, with line feeds.

/**
 * Null is an empty cell. Cells are quoted where they hold a comma, a quote, a line break or space at an end. A text that a spreadsheet would take for
 * a formula, as a class may be called, gets an apostrophe before it.
 */
export const toCsv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map(cell).join(",")}\n`).join("");

function cell(value: string | number | null): string {
  const text = value === null ? "" : typeof value === "string" && isFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
