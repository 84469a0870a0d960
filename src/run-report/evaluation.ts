// An evaluation as its report reads it: summary.json and predictions.jsonl; logits, which may be large, stay unread.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../checkpoint/json.ts";
import { UserError } from "../errors.ts";
import { type EvaluationDocument, evaluationSchema } from "../results/evaluation-schema.ts";
import type { PredictionLine } from "../results/prediction-lines.ts";
import { readLines } from "../run/lines.ts";

/** A picture of an evaluation: its label, and the five most probable classes. */
export type Seen = Pick<PredictionLine, "name" | "label" | "loss" | "top">;

export interface ReportedEvaluation {
  readonly folder: string;
  readonly summary: EvaluationDocument;
  readonly pictures: readonly Seen[];
}

const summaryIn = (folder: string): string => join(folder, "summary.json");

/** Whether `inception eval` has written a whole result there. */
export const isEvaluation = (folder: string): boolean => existsSync(summaryIn(folder));

/** Folders of the run's evaluations, the newest first. */
export function evaluationsOf(run: string): string[] {
  const root = join(run, "eval");
  const folders = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
  return folders
    .filter(isEvaluation)
    .map((folder) => ({ folder, time: statSync(summaryIn(folder)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
    .map(({ folder }) => folder);
}

/** Throws UserError("data") where it is damaged or of another version. */
export function readEvaluation(folder: string): ReportedEvaluation {
  const file = summaryIn(folder);
  const { data, error } = evaluationSchema.safeParse(parsed(file));
  if (error) {
    const { path, message } = error.issues[0]!;
    throw new UserError("data", `${file} is not the summary of an evaluation: ${path.join(".")}: ${message}`, {
      hint: "evaluate again",
    });
  }
  return { folder, summary: data, pictures: readPictures(join(folder, "predictions.jsonl")) };
}

function parsed(file: string): unknown {
  try {
    return parseJson(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UserError("data", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Lines that are whole; of a stranger's file, those that have what is shown. */
function readPictures(file: string): Seen[] {
  const pictures: Seen[] = [];
  for (const { text, whole } of readLines(file)) {
    const line = whole ? pictureIn(text) : undefined;
    if (line !== undefined) pictures.push(line);
  }
  return pictures;
}

function pictureIn(text: string): Seen | undefined {
  try {
    const { name, label, loss, top } = JSON.parse(text) as PredictionLine;
    const isWhole = typeof name === "string" && typeof label === "string" && typeof loss === "number";
    return isWhole && Array.isArray(top) && top.length > 0 && top.every(isGuess)
      ? { name, label, loss, top }
      : undefined;
  } catch {
    return undefined;
  }
}

const isGuess = (one: { class?: unknown; probability?: unknown } | null): boolean =>
  typeof one?.class === "string" && typeof one.probability === "number";

export const predictedOf = ({ top }: Seen): string => top[0]!.class;
export const isRight = (seen: Seen): boolean => predictedOf(seen) === seen.label;
export const confidenceOf = ({ top }: Seen): number => top[0]!.probability;
