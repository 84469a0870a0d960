// What is wrong with an experiment: every problem found, told at once as one error.
import { UserError } from "../errors.ts";

/** `place` is `file:line:column` or `--set key`; `path` the dotted key, empty for the whole file. */
export type Problem = { readonly place: string; readonly path: string; readonly message: string };

export const dotted = (path: readonly PropertyKey[]): string => path.map(String).join(".");

const sentence = ({ place, path, message }: Problem): string => [place, path, message].filter(Boolean).join(": ");

/** The usage error that lists these problems, one a line. */
export function problemsError(file: string, problems: readonly Problem[]): UserError {
  const lines = problems.map(sentence);
  const message = lines.length === 1 ? lines[0]! : `${lines.length} problems in ${file}\n  ${lines.join("\n  ")}`;
  return new UserError("usage", message, {
    hint: "`inception config schema` lists every key with its range and default",
  });
}
