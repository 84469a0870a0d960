// Pictures that belong together, such as those of one object or photographer, from a list.
import { UserError } from "../errors.ts";
import { parseCsv } from "../images/sources/csv.ts";
import type { Grouping } from "../statistics/bootstrap.ts";
import { readText } from "../text-file.ts";
import { namesOf } from "./picture-lists.ts";

export interface Groups {
  readonly file: string;
  /** From what the list calls a picture to its group. */
  readonly groupOf: ReadonlyMap<string, string>;
}

/**
 * CSV with the columns path and group; others are passed over. A path is that within the set, a file name, or one without extension. Throws
 * UserError("data") naming the line where it is none, or where one picture has two groups.
 */
export function readGroups(file: string): Groups {
  const [header, ...rows] = parseCsv(readText(file), file);
  const [path, group] = ["path", "group"].map((name) => header?.cells.indexOf(name) ?? -1) as [number, number];
  if (path < 0 || group < 0)
    throw new UserError(
      "data",
      `${file}:1: expected a header with path and group, got "${header?.cells.join(",") ?? ""}"`,
    );
  const groupOf = new Map<string, string>();
  for (const { line, cells } of rows) {
    const [picture, own] = [cells[path] ?? "", cells[group] ?? ""];
    if (picture === "" || own === "") throw new UserError("data", `${file}:${line}: expected a path and a group`);
    const known = groupOf.get(picture) ?? own;
    if (known !== own)
      throw new UserError("data", `${file}:${line}: ${picture} was in group "${known}" before and is in "${own}" now`);
    groupOf.set(picture, own);
  }
  return { file, groupOf };
}

/** Throws UserError("data") naming a picture that is not on the list, or where all are of one group. */
export function groupingOf({ file, groupOf }: Groups, pictures: readonly string[]): Grouping {
  const found = pictures.map((picture) => groupOf.get(namesOf(picture).find((name) => groupOf.has(name)) ?? ""));
  const missing = pictures.filter((_, i) => found[i] === undefined);
  if (missing.length > 0)
    throw new UserError(
      "data",
      `${file}: no group for ${missing[0]} (${missing.length} of ${pictures.length} pictures are not on this list)`,
      { hint: "a path on the list is one within the set, or a file name; a picture by itself is a group of its own" },
    );
  const numbers = new Map([...new Set(found)].map((group, number) => [group, number]));
  if (numbers.size < 2)
    throw new UserError("data", `${file}: all ${pictures.length} pictures are of one group, expected at least two`);
  return { groups: numbers.size, groupOf: Int32Array.from(found, (group) => numbers.get(group)!) };
}
