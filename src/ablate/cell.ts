// A cell on disk: where its files lie, and what they say about how far it has come.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { parseExperiment } from "../config/load.ts";
import type { Experiment } from "../config/schema.ts";
import { exitCodes, UserError } from "../errors.ts";
import { readRunInfo } from "../run/info.ts";
import { runPaths } from "../run/paths.ts";
import type { Crops } from "./file.ts";
import { type Cell, cellId } from "./plan.ts";

const configFile = "config.yaml";

export type CellPaths = {
  readonly path: string;
  readonly config: string;
  readonly lock: string;
  /** The run folder that `train` makes. */
  readonly run: string;
  readonly log: string;
  /** summary.json and predictions.jsonl of this protocol. */
  readonly evaluation: string;
  readonly summary: string;
  readonly predictions: string;
  readonly outcome: string;
};

/**
 * Its folder is the one that ends in its id, whatever the row was called when it was made; else one whose experiment is the same now, as when
 * a key has come since, with a default.
 */
export function cellPaths(folder: string, { id, folder: name }: Pick<Cell, "id" | "folder">, crops: Crops): CellPaths {
  const cells = join(folder, "cells");
  const entries = existsSync(cells) ? readdirSync(cells) : [];
  const there =
    entries.find((entry) => entry.endsWith(`-${id}`)) ?? entries.find((entry) => writtenId(join(cells, entry)) === id);
  const path = join(cells, there ?? name);
  const evaluation = join(path, `eval-${crops}`);
  return {
    path,
    config: join(path, configFile),
    lock: join(path, ".lock"),
    run: join(path, "run-1"),
    log: join(path, "log.txt"),
    evaluation,
    summary: join(evaluation, "summary.json"),
    predictions: join(evaluation, "predictions.jsonl"),
    outcome: join(path, "outcome.json"),
  };
}

const writtenIds = new Map<string, string>();

/** The id of the experiment in a cell's config.yaml, read by today's schema; undefined where there is none. */
function writtenId(cell: string): string | undefined {
  const config = join(cell, configFile);
  if (!writtenIds.has(cell) && existsSync(config)) {
    const experiment = readExperiment(config);
    if (experiment) writtenIds.set(cell, cellId(experiment, experiment.seed));
  }
  return writtenIds.get(cell);
}

function readExperiment(config: string): Experiment | undefined {
  try {
    return parseExperiment(readFileSync(config, "utf8"), config).experiment;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** `diverged`, `killed` and `failed` have a sentence; a diverged cell is a result: run again, it would diverge again. */
export type CellState = { readonly kind: "missing" | "unfinished" | "trained" | "done" } | Outcome;

export const outcomeSchema = z.strictObject({
  kind: z.enum(["diverged", "killed", "failed"]),
  phase: z.enum(["train", "eval"]),
  exit: z.number().nullable(),
  signal: z.string().nullable(),
  message: z.string(),
});
export type Outcome = z.output<typeof outcomeSchema>;

/** Judged from what lies on disk alone: every file read here is written whole or not at all. */
export function cellState(paths: CellPaths): CellState {
  if (existsSync(paths.summary)) return { kind: "done" };
  const outcome = readOutcome(paths.outcome);
  if (outcome) return outcome;
  if (!existsSync(runPaths(paths.run).info)) return { kind: "missing" };
  const exit = lastExit(paths.run);
  if (exit === exitCodes.diverged)
    return { kind: "diverged", phase: "train", exit, signal: null, message: lastError(paths.log) };
  return { kind: exit === exitCodes.done ? "trained" : "unfinished" };
}

/** Whether `--resume` leaves the cell as it is. */
export const isSettled = ({ kind }: CellState): boolean => kind === "done" || kind === "diverged";

export const writeOutcome = (paths: CellPaths, outcome: Outcome): void =>
  replaceDurably(nodeFs, paths.outcome, `${JSON.stringify(outcome, null, 2)}\n`);

function readOutcome(path: string): Outcome | undefined {
  if (!existsSync(path)) return undefined;
  return outcomeSchema.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
}

/** How the last attempt ended; undefined while it lasts, after a kill, and where the record cannot be read: `train` then says why. */
function lastExit(run: string): number | undefined {
  try {
    const { exit, resumes } = readRunInfo(runPaths(run).info);
    return resumes.at(-1)?.exit ?? (resumes.length > 0 ? undefined : exit) ?? undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Steps done, as far as the figures say. */
export function stepsDone({ run }: CellPaths): number {
  const line = tailOf(runPaths(run).metrics).trimEnd().split("\n").at(-1) ?? "";
  const step = /"step":(\d+)/.exec(line)?.[1];
  return Number(step ?? 0);
}

/** The last error that a child wrote, else its last line. */
export function lastError(log: string): string {
  const lines = tailOf(log).trimEnd().split("\n");
  return (lines.findLast((line) => line.startsWith("error: ")) ?? lines.at(-1) ?? "").replace(/^error: /, "");
}

const tailBytes = 4096;

function tailOf(path: string): string {
  if (!existsSync(path)) return "";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, read);
  } finally {
    closeSync(file);
  }
}
