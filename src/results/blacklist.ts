// Pictures that a second set of figures leaves out, such as those that ILSVRC-2014's development kit lists as badly labelled.
import { UserError } from "../errors.ts";
import { readText } from "../text-file.ts";
import { namesOf } from "./picture-lists.ts";

export interface Blacklist {
  readonly file: string;
  /** Lines that say something. */
  readonly lines: number;
  /** Whether a picture of this name is on the list. */
  readonly has: (name: string) => boolean;
}

/**
 * One picture a line: its path within the set, its file name with or without extension, or (as in ILSVRC's list) the whole number in which
 * the file name without extension ends. Empty lines and those that start with # say nothing. Throws UserError("data") for an empty list.
 */
export function readBlacklist(file: string): Blacklist {
  const lines = readText(file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new UserError("data", `${file} lists no pictures, expected one on each line`);
  const numbers = new Set(lines.filter((line) => /^\d+$/.test(line)).map(Number));
  const names = new Set(lines);
  const has = (name: string): boolean => {
    const known = namesOf(name);
    const digits = /\d+$/.exec(known[2])?.[0];
    return known.some((one) => names.has(one)) || (digits !== undefined && numbers.has(Number(digits)));
  };
  return { file, lines: lines.length, has };
}

/** Throws UserError("data") when a list names none of the pictures, or all. */
export function requireUse({ file, lines, has }: Blacklist, names: readonly string[]): void {
  const listed = names.filter(has).length;
  if (listed > 0 && listed < names.length) return;
  throw new UserError(
    "data",
    `${file}: ${listed === 0 ? "none" : "all"} of the ${names.length} pictures are on this list of ${lines} lines`,
    { hint: "a line is a path within the set, a file name, or the number in which a file name ends" },
  );
}
