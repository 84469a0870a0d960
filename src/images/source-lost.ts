// The bytes of a picture's file, and what it means where they do not come: a picture is missing, or all of them are out of reach.
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";

/** No fault of a picture: leaving it out would leave out all of them. */
export class SourceLost extends UserError {
  constructor(problem: string) {
    super("data", problem, {
      hint: "what was done is kept: once they are there again, inception train --resume goes on, as does the same inception eval",
    });
  }
}

/** Of the file system or the process, and what to say of them. */
const troubles: Readonly<Record<string, string>> = {
  EIO: "its disk or network gives errors",
  ESTALE: "its network file system has lost it",
  ENOTCONN: "its file system is not connected",
  EHOSTDOWN: "its file system's host is down",
  ETIMEDOUT: "its file system does not answer",
  ENODEV: "its device is gone",
  ENXIO: "its device is gone",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  ENOMEM: "this machine has no memory left",
};

/** Throws SourceLost for what is no fault of the picture: a code above, or a folder that is gone with it. */
export async function readPicture(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = errorCode(error) ?? "";
    const trouble =
      troubles[code] ?? (code === "ENOENT" && !(await isThere(dirname(file))) ? "its folder is gone" : "");
    if (trouble === "") throw error;
    throw new SourceLost(`${file} cannot be read, and nor can others: ${trouble} (${code})`);
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
