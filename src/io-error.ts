// What the system says went wrong with a file, as an error that the user can act on.
import { UserError } from "./errors.ts";

const noRoom: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

const hints: Readonly<Record<string, string>> = {
  EMFILE: "raise the number of files that a process may open, as in `ulimit -n 4096`",
  ENFILE: "the whole system has too many files open: close other programs",
  ENOMEM: "close other programs, or use a machine with more memory",
};

/** A system error as the user's: the disk is full (exit 73) or I/O failed (exit 74); anything else as it is. */
export function explainIoError(error: unknown, action: string, path: string, bytesNeeded?: number): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof UserError) return error;
  if (noRoom.has(code)) {
    const needed = bytesNeeded === undefined ? "" : `, ${bytesNeeded} bytes needed`;
    return new UserError("diskFull", `${action} ${path}: no room on the disk${needed} (${code})`, {
      hint: "free some space and run the command again: what was saved before is untouched",
      cause: error,
    });
  }
  const hint = hints[code];
  return new UserError("io", `${action} ${path}: ${reasonOf(error as Error)}`, { ...(hint && { hint }), cause: error });
}

/** Without call and path, which Node adds. */
const reasonOf = ({ message }: Error): string => message.replace(/, \w+( '.*')?$/, "");

/** `ENOENT` and the like; undefined for an error that the system did not raise. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code)
    ? error.code
    : undefined;
