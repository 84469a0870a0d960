// The pictures that a run left out: rejected.jsonl, a line for each, once for the whole run.
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { explainIoError } from "../io-error.ts";
import type { RunPaths } from "./paths.ts";

export type Rejected = { readonly name: string; readonly reason: string };

export type RejectedList = {
  /** Whether the picture is new to the list. */
  add(picture: Rejected): boolean;
  readonly count: number;
};

/** The list of a run, with what earlier sittings wrote; a last line that a crash tore is cut off. */
export function openRejected({ rejected }: Pick<RunPaths, "rejected">): RejectedList {
  const names = new Set(readRejected(rejected).map(({ name }) => name));
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      throw explainIoError(error, "cannot write", rejected);
    }
  };
  guarded(() => cutTornLine(rejected));
  return {
    add({ name, reason }) {
      if (names.has(name)) return false;
      names.add(name);
      guarded(() => appendFileSync(rejected, `${JSON.stringify({ name, reason })}\n`));
      return true;
    },
    get count() {
      return names.size;
    },
  };
}

/** Every whole line; empty when the file is not there. */
export const readRejected = (path: string): Rejected[] =>
  existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .slice(0, -1)
        .flatMap((line) => parseLine(line) ?? [])
    : [];

function parseLine(text: string): Rejected | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null && "name" in line && "reason" in line
      ? (line as Rejected)
      : undefined;
  } catch {
    return undefined;
  }
}

function cutTornLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf("\n") + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}
