// The figures of a run: metrics.jsonl, a line for each event as it comes, and metrics.csv, the validations as a table.
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { explainIoError } from "../io-error.ts";
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

/** Opens the log of a run that stands at `step` (0 for a new one): lines after it, and a torn last one, are cut off. */
export function openMetrics({ metrics, table }: Pick<RunPaths, "metrics" | "table">, step = 0): MetricsLog {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw explainIoError(error, "cannot write", metrics);
    }
  };
  const file = guarded(() => openSync(metrics, "a"));
  guarded(() => ftruncateSync(file, lengthUpTo(metrics, step)));
  return {
    append: (line) => guarded(() => writeAll(file, `${stringify(line)}\n`)),
    sync: () => {
      guarded(() => fsyncSync(file));
      replaceDurably(nodeFs, table, formatCsv(readMetrics(metrics).lines));
    },
    close: () => closeSync(file),
  };
}

/** All whole lines, and how many were not. Empty when the file is not there. */
export function readMetrics(path: string): { readonly lines: MetricsLine[]; readonly torn: number } {
  const texts = readLines(path);
  const lines = texts.map(parseLine).filter((line) => line !== undefined);
  return { lines, torn: texts.length - lines.length };
}

/** Columns in order of first appearance; nested values under dotted names. */
export function formatCsv(lines: readonly MetricsLine[]): string {
  const rows = lines
    .filter(({ kind }) => kind === "validation")
    .map(({ kind, ...figures }) => new Map(flatten(figures)));
  const header = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return [header, ...rows.map((row) => header.map((name) => row.get(name) ?? ""))]
    .map((cells) => `${cells.map(formatCell).join(",")}\n`)
    .join("");
}

/** Bytes up to the end of the last whole line that is not after `step`. */
function lengthUpTo(path: string, step: number): number {
  let [length, position] = [0, 0];
  for (const text of readLines(path)) {
    position += Buffer.byteLength(text);
    const line = parseLine(text);
    if (line === undefined) continue;
    if (line.step > step) break;
    length = position;
  }
  return length;
}

/** Each with its newline, but for a torn last one. */
const readLines = (path: string): string[] => (existsSync(path) ? readFileSync(path, "utf8").split(/(?<=\n)/) : []);

function parseLine(text: string): MetricsLine | undefined {
  if (!text.endsWith("\n")) return undefined;
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
