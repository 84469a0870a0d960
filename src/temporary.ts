// A folder of its own in the system's place for temporary files.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { errorCode, explainIoError } from "./io-error.ts";

/**
 * Calls `use` with a new folder, which is gone afterwards. Only what `fill` does may fail for want of room.
 *
 * @throws UserError if there is no such place, or no room in it.
 */
export function inTemporaryFolder<T>(what: string, fill: (folder: string) => void, use: (folder: string) => T): T {
  const folder = temporaryFolder(what);
  try {
    told(what, () => fill(folder));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new folder that the caller removes; throws as the other does. */
export const temporaryFolder = (what: string, prefix = "inception-"): string =>
  told(what, () => mkdtempSync(join(tmpdir(), prefix)));

function told<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unusable(error, what);
  }
}

function unusable(error: unknown, what: string): unknown {
  const explained = explainIoError(error, `cannot write ${what} to`, tmpdir());
  if (!(explained instanceof UserError)) return explained;
  const message =
    errorCode(error) === "ENOENT" ? `cannot write ${what}: there is no folder ${tmpdir()}` : explained.message;
  return new UserError(explained.reason, message, {
    hint: "set TMPDIR to a folder with room for temporary files",
    cause: error,
  });
}
