// What the command line says: results on stdout, everything else on stderr; both above the terminal's live lines.
// Names of classes, files and runs may hold anything: what would rewrite a terminal's lines goes out escaped.
import type { Exact } from "../results/document.ts";
import { visibleJson, visibleName, visibleText } from "../visible.ts";
import type { PrintedDocuments } from "./documents/printed.ts";
import { aboveLive } from "./terminal.ts";

/** A result line for people. */
export const print = (text: string): void => toStdout(visibleText(text));

/** A value on a line of JSON, for another program. */
export const printJsonLine = (value: object): void => toStdout(visibleJson(JSON.stringify(value)));

/** A remark beside the result. */
export const note = (text: string): void => aboveLive(() => process.stderr.write(`${visibleText(text)}\n`));

const toStdout = (text: string): void => aboveLive(() => process.stdout.write(`${text}\n`));

/** A remark about something that is left out or passed over. */
export const warn = ({ message }: { readonly message: string }): void => note(`warning: ${message}`);

let documents = 0;

/** Whether stdout has a document already: an error after it is none. */
export const isDocumentPrinted = (): boolean => documents > 0;

/** The one JSON document of a command run with --json, which its schema knows key by key. */
export const printJson = <const Name extends keyof PrintedDocuments, const T extends PrintedDocuments[Name]>(
  document: { readonly schema: Name } & T & Exact<T, PrintedDocuments[Name]>,
): void => {
  documents += 1;
  toStdout(visibleJson(JSON.stringify(document, null, 2)));
};

/** What a terminal has room for at the least. */
export const lineWidth = 80;

/** The text in lines of at most `width` characters, broken between words. */
export function wrap(text: string, width = lineWidth): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A line that begins with a label or with spaces, in lines of at most 80 characters: those after the first begin below its text. */
export function hanging(line: string): string[] {
  const [, label = "", text = ""] = /^(\S* +)?(.*)$/.exec(line)!;
  return wrap(text, lineWidth - label.length).map((part, i) => (i === 0 ? label : "".padEnd(label.length)) + part);
}

const labelWidth = 12;

/** The label and, in a column of its own, the text. */
export const labelled = (label: string, text: string): string =>
  wrap(text, lineWidth - labelWidth)
    .map((line, i) => (i === 0 ? label : "").padEnd(labelWidth) + line)
    .join("\n");

type Cell = string | number;

/** Columns padded to their widest cell; numbers (and text that looks like one) to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = [header, ...rows].map((row) => row.map(formatCell));
  const widths = header.map((_, column) => Math.max(...text.map((row) => (row[column] ?? "").length)));
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column] ?? "")));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(text[0]!), rule, ...text.slice(1).map(line)].join("\n");
}

const formatCell = (cell: Cell): string =>
  typeof cell === "number" ? cell.toLocaleString("en-US") : visibleName(cell);
const isNumber = (cell: Cell): boolean =>
  typeof cell === "number" || cell === "" || /^[-+]?[\d.,]+ ?[%a-zA-Z]*$/.test(cell);
