// The figures of a run: metrics.jsonl, a line for each event as it comes, and metrics.csv, the validations as a table.
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { explainIoError } from "../io-error.ts";
import { type Line, readLines } from "./lines.ts";
import type { RunPaths } from "./paths.ts";

/** `step` is the number of steps done; lines come in its order. Times are UTC, durations in seconds. */
export type MetricsLine = {
  readonly kind: "train" | "validation";
  readonly step: number;
  readonly [key: string]: unknown;
};

export type MetricsLog = {
  /** Handed to the system at once: it outlives the process, not a power cut. */
  append(line: MetricsLine): void;
  /** Waits until the disk has every line and rewrites the table. Call it before a checkpoint is saved. */
  sync(): void;
  close(): void;
};

/** Steps done, and the last of them whose validation is done. */
type Position = { readonly step: number; readonly validated: number };
const beginning: Position = { step: 0, validated: 0 };

/**
 * Opens the log of a run at a position: lines after it, and a torn last one, are cut off. What stays is read once, and of it only the
 * table is held.
 */
export function openMetrics(
  { metrics, table }: Pick<RunPaths, "metrics" | "table">,
  position: Position = beginning,
): MetricsLog {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw explainIoError(error, "cannot write", metrics);
    }
  };
  const file = guarded(() => openSync(metrics, "a"));
  const { length, table: validations } = guarded(() => upTo(metrics, position));
  guarded(() => ftruncateSync(file, length));
  return {
    append(line) {
      const text = stringify(line);
      guarded(() => writeAll(file, `${text}\n`));
      validations.add(JSON.parse(text) as MetricsLine);
    },
    sync: () => {
      guarded(() => fsyncSync(file));
      replaceDurably(nodeFs, table, formatCsv(validations.rows));
    },
    close: () => closeSync(file),
  };
}

/** One whole line after the other; none when the file is not there. */
export function* metricsLines(path: string): Generator<MetricsLine, undefined> {
  for (const line of readLines(path)) {
    const parsed = parseLine(line);
    if (parsed !== undefined) yield parsed;
  }
}

/** All of them at once: for files that are known to be small. */
export const readMetrics = (path: string): { readonly lines: MetricsLine[] } => ({ lines: [...metricsLines(path)] });

/** A row of the table: a validation, and the mean loss of the lines of training since the one before. */
type Row = { readonly line: MetricsLine; readonly trainingLoss: number | undefined };

/** Gathers the rows, line by line. */
function tableRows() {
  const rows: Row[] = [];
  let sum = 0;
  let count = 0;
  return {
    rows,
    add(line: MetricsLine) {
      if (line.kind === "validation") {
        rows.push({ line, trainingLoss: count > 0 ? sum / count : undefined });
        [sum, count] = [0, 0];
      } else if (Number.isFinite(line.loss)) {
        sum += Number(line.loss);
        count += 1;
      }
    },
  };
}

/** Columns in order of first appearance; nested values under dotted names. */
function formatCsv(table: readonly Row[]): string {
  const rows = table.map(
    ({ line: { kind, ...figures }, trainingLoss }) =>
      new Map(flatten({ ...figures, ...(trainingLoss === undefined ? {} : { trainingLoss }) })),
  );
  const header = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return [header, ...rows.map((row) => header.map((name) => row.get(name) ?? ""))]
    .map((cells) => `${cells.map(formatCell).join(",")}\n`)
    .join("");
}

/** Bytes up to the end of the last whole line that is not after the position, and the table of these lines. */
function upTo(path: string, { step, validated }: Position): { length: number; table: ReturnType<typeof tableRows> } {
  const table = tableRows();
  let length = 0;
  for (const text of readLines(path)) {
    const line = parseLine(text);
    if (line === undefined) continue;
    if (line.step > step || (line.kind === "validation" && line.step > validated)) break;
    table.add(line);
    length = text.end;
  }
  return { length, table };
}

function parseLine({ text, whole }: Line): MetricsLine | undefined {
  if (!whole) return undefined;
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null && "step" in line && typeof line.step === "number"
      ? (line as MetricsLine)
      : undefined;
  } catch {
    return undefined;
  }
}

/** One call in the common case, so that a kill leaves a whole line. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** JSON has no NaN and no Infinity: they are written as text rather than lost. */
const stringify = (line: MetricsLine): string =>
  JSON.stringify(line, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );

function flatten(value: object, prefix = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] =>
    typeof item === "object" && item !== null ? flatten(item, `${prefix}${key}.`) : [[`${prefix}${key}`, item]],
  );
}

function formatCell(value: unknown): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
