// Files that say something of single pictures: how they are read, and what they may call a picture.
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";

/** Without a byte order mark. Throws UserError("data") where there is no such file, ("io") where it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw new UserError("data", `${file}: no such file`);
    throw explainIoError(error, "cannot read", file);
  }
}

/** Its path within the set, its file name, and that without extension. */
export function namesOf(picture: string): readonly [path: string, file: string, stem: string] {
  const base = basename(picture);
  return [picture, base, base.slice(0, base.length - extname(base).length)];
}
