// The pictures that a run left out: rejected.jsonl, a line for each, once for the whole run.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { explainIoError } from "../io-error.ts";
import type { RunPaths } from "./paths.ts";

export type Rejected = { readonly name: string; readonly reason: string };

export type RejectedList = {
  /** Whether the picture is new to the list. */
  add(picture: Rejected): boolean;
  readonly count: number;
};

/** The list of a run, gone on with where it has one. */
export function openRejected({ rejected }: Pick<RunPaths, "rejected">): RejectedList {
  const names = new Set(readRejected(rejected).map(({ name }) => name));
  return {
    add({ name, reason }) {
      if (names.has(name)) return false;
      names.add(name);
      try {
        appendFileSync(rejected, `${JSON.stringify({ name, reason })}\n`);
      } catch (error) {
        throw explainIoError(error, "cannot write", rejected);
      }
      return true;
    },
    get count() {
      return names.size;
    },
  };
}

/** Every whole line; empty when the file is not there. */
export function readRejected(path: string): Rejected[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Rejected);
}
