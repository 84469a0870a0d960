// The files of a result: a table from names to what writes them.
import { join } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";

/** In the order of writing; undefined: this result has no such file. */
export type FileWriters<Result> = Readonly<Record<string, (result: Result) => string | Uint8Array | undefined>>;

/** Writes every file whole or not at all, in place of an earlier one, each before the next; says which there are. */
export function writeFiles<Result>(folder: string, writers: FileWriters<Result>, result: Result): string[] {
  const names: string[] = [];
  for (const [name, write] of Object.entries(writers)) {
    const content = write(result);
    if (content === undefined) continue;
    replaceDurably(nodeFs, join(folder, name), content);
    names.push(name);
  }
  return names;
}
