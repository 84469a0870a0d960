// How a file of another program is refused: one sentence with its name, exit code 7.
import { UserError } from "../../errors.ts";

/** `problem` goes on after the file's name: 'tensor "conv1/0" has ..., expected ...'; text of the file in it may be anything. */
export const refused = (file: string, problem: string, options: { hint?: string; cause?: unknown } = {}): UserError =>
  new UserError("foreignWeights", `${file}: ${oneLine(problem)}`, options);

/** An error of a library as the refusal of the file that it read; a UserError as it is. */
export const refusal = (file: string, problem: string, error: unknown): UserError =>
  error instanceof UserError
    ? error
    : refused(file, `${problem} (${shown((error as Error).message, 200)})`, { cause: error });

/** What `read` gives; what it throws becomes the refusal of the file. */
export function refusing<T>(file: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refusal(file, problem, error);
  }
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");

/** A name or a message from a file, not too long for a sentence. */
export const shown = (text: string, longest = 80): string =>
  text.length > longest ? `${text.slice(0, longest)}...` : text;
