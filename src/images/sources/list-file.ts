// A list of pictures in a file: CSV with the header path,label or one JSON object {"path", "label"} on each line.
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { counted } from "../../counted.ts";
import { UserError } from "../../errors.ts";
import { readText } from "../../text-file.ts";
import { visibleName } from "../../visible.ts";
import { parseCsv } from "./csv.ts";
import type { Found } from "./listing.ts";

type Row = { readonly line: number; readonly path: string; readonly label: string };

/** Paths are relative to the file; labels are class names. Columns and keys beside the two are passed over. */
export async function readListFile(
  file: string,
  extension: ".csv" | ".jsonl",
): Promise<{ found: Found[]; warnings: string[] }> {
  const rows = parsers[extension](readText(file), file);
  const labels = new Map<string, string>();
  const found: Found[] = [];
  const missing: Row[] = [];
  let repeated = 0;
  for (const row of rows) {
    const known = labels.get(row.path);
    if (known !== undefined && known !== row.label)
      throw problem(
        file,
        row.line,
        `${visibleName(row.path)} was "${visibleName(known)}" before and is "${visibleName(row.label)}" now`,
      );
    labels.set(row.path, row.label);
    if (known !== undefined) repeated++;
    const path = resolve(dirname(file), row.path);
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile())
      found.push({
        name: row.path,
        className: row.label,
        size: info.size,
        source: { file: path, modified: Math.floor(info.mtimeMs) },
      });
    else missing.push(row);
  }
  if (missing.length > 0)
    throw problem(
      file,
      missing[0]!.line,
      `no file ${visibleName(missing[0]!.path)} (${missing.length} of ${rows.length} are missing)`,
      {
        hint: "paths are relative to the list file",
      },
    );
  return {
    found,
    warnings: repeated > 0 ? [`${counted(repeated, "picture is", "pictures are")} listed more than once`] : [],
  };
}

const parsers: { readonly [E in ".csv" | ".jsonl"]: (text: string, file: string) => Row[] } = {
  ".csv"(text, file) {
    const [header, ...rows] = parseCsv(text, file);
    const [path, label] = ["path", "label"].map((name) => header?.cells.indexOf(name) ?? -1) as [number, number];
    if (path < 0 || label < 0)
      throw problem(
        file,
        1,
        `expected a header with path and label, got "${visibleName(header?.cells.join(",") ?? "")}"`,
      );
    return rows.map(({ line, cells }) => checkedRow(file, line, cells[path], cells[label]));
  },
  ".jsonl": (text, file) =>
    text.split("\n").flatMap((json, index) => {
      if (json.trim() === "") return [];
      const { path, label } = parseObject(json, file, index + 1);
      return [checkedRow(file, index + 1, path, typeof label === "number" ? String(label) : label)];
    }),
};

function parseObject(json: string, file: string, line: number): { path?: unknown; label?: unknown } {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw problem(file, line, `expected an object {"path": ..., "label": ...}, got ${visibleName(json.slice(0, 60))}`);
}

function checkedRow(file: string, line: number, path: unknown, label: unknown): Row {
  if (typeof path !== "string" || path === "" || path.includes("\0")) throw problem(file, line, "expected a path");
  if (typeof label !== "string" || label === "") throw problem(file, line, "expected a label, the name of a class");
  return { line, path, label };
}

const problem = (file: string, line: number, message: string, options?: { hint: string }): UserError =>
  new UserError("data", `${file}:${line}: ${message}`, options);
