// What an experiment is named by: a file, a shipped one, or photographs, which are one that names nothing else.
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type Loaded, loadExperiment, readExperiment, type Survey } from "./load.ts";
import type { Setting } from "./origins.ts";

/** Throws a `usage` UserError listing every problem, or where there is no such file. */
export async function loadSubject(subject: string, sets: readonly Setting[], survey: Survey): Promise<Loaded> {
  if (!(await isSource(subject))) return loadExperiment(subject, sets, survey);
  const text = JSON.stringify({ name: nameOf(subject), data: { train: subject } });
  return readExperiment(text, subject, sets, survey);
}

async function isSource(subject: string): Promise<boolean> {
  if (/\.(csv|jsonl|tar|tar\.gz|tgz|bin)(\/|$)/i.test(subject)) return true;
  return (await stat(subject).catch(() => undefined))?.isDirectory() ?? false;
}

/** What a run on these photographs is called: their file or folder, in the letters of a name. */
const nameOf = (source: string): string =>
  basename(resolve(source))
    .replace(/\.(csv|jsonl|tar|tar\.gz|tgz|bin)$/i, "")
    .replace(/[^a-z0-9._-]+/gi, "-")
    .replace(/^[^a-z0-9]+/i, "")
    .slice(0, 100) || "photographs";
