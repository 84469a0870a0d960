// Text files of the user: lists of pictures and names.
import { constants } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { UserError } from "./errors.ts";
import { errorCode, explainIoError } from "./io-error.ts";

/**
 * Without a byte order mark. Throws UserError("data") where there is no such file or it has more bytes than a string can have characters, ("io")
 * where it cannot be read.
 */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > constants.MAX_STRING_LENGTH) throw tooLarge(file, size);
    return readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw new UserError("data", `${file}: no such file`);
    throw explainIoError(error, "cannot read", file);
  }
}

const tooLarge = (file: string, size: number): UserError =>
  new UserError(
    "data",
    `${file}: expected at most ${inBytes(constants.MAX_STRING_LENGTH)} of text, got ${inBytes(size)}`,
    {
      hint: "sets of any size can be tar shards",
    },
  );

const inBytes = (bytes: number): string => `${bytes.toLocaleString("en-US")} bytes`;
