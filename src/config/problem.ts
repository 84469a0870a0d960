// What is wrong with an experiment: every problem found, told at once as one error.
import { UserError } from "../errors.ts";
import type { Place } from "./places.ts";

/** `path` is the dotted key, empty for the whole file. */
export type Problem = { readonly place: Place; readonly path: string; readonly message: string };

export const dotted = (path: readonly PropertyKey[]): string => path.map(String).join(".");

/** "file:12:3: train.batch: ..." or "--set train.batch: ...". */
export function sentence({ place, path, message }: Problem): string {
  const where = place.text === "--set" ? [`--set ${path}`] : [place.text, path];
  return [...where, message].filter(Boolean).join(": ");
}

/** The usage error that lists these problems, one a line, in the order of the file. */
export function problemsError(file: string, problems: readonly Problem[], hint = schemaHint): UserError {
  const lines = [...problems].sort((a, b) => a.place.offset - b.place.offset || 0).map(sentence);
  const message = lines.length === 1 ? lines[0]! : `${lines.length} problems in ${file}\n  ${lines.join("\n  ")}`;
  return new UserError("usage", message, { hint });
}

const schemaHint = "`inception config schema` lists every key with its range and default";
