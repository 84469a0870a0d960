// What is wrong with an experiment: every problem found, told at once as one error.
import { UserError } from "../errors.ts";
import type { Origin } from "./origins.ts";

/** `path` is the dotted key, empty for the whole file. */
export type Problem = { readonly origin: Origin; readonly path: string; readonly message: string };

/** "file:12:3: train.batch: ..." or "--set train.batch: ...". */
export function sentence({ origin, path, message }: Problem): string {
  const where = origin.text === "--set" ? [`--set ${path}`] : [origin.text, path];
  return [...where, message].filter(Boolean).join(": ");
}

/** The usage error that lists these problems, one a line, in the order of the file. */
export function problemsError(file: string, problems: readonly Problem[], hint = schemaHint): UserError {
  const lines = [...problems].sort((a, b) => a.origin.offset - b.origin.offset || 0).map(sentence);
  const message = lines.length === 1 ? lines[0]! : `${lines.length} problems in ${file}\n  ${lines.join("\n  ")}`;
  return new UserError("usage", message, { hint });
}

const schemaHint = "`inception config schema` lists every key with its range and default";
