// Comma-separated values as RFC 4180 has them, with line feeds.

/** Null is an empty cell. Cells are quoted where they hold a comma, a quote, a line break or space at an end. */
export const toCsv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => `${row.map(cell).join(",")}\n`).join("");

function cell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
