// Pictures without labels, as a command line names them: files, folders and patterns.
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { Minimatch } from "minimatch";
import { UserError } from "../../errors.ts";
import { byCodePoint, type Item, isPictureName } from "./listing.ts";

/**
 * An item for each file, all that are pictures by name below a folder, and what matches a pattern such as `photos/*.jpg`, in code-point order
 * within each word; a file that is named twice counts once. A word that is none of these stays a file that cannot be read. Throws
 * UserError("data") for a folder or pattern without pictures.
 */
export async function namedPictures(words: readonly string[]): Promise<Item[]> {
  const files: string[] = [];
  for (const word of words) files.push(...(await filesOf(word)));
  return [...new Set(files)].map((file) => ({ name: file, label: 0, source: { file } }));
}

async function filesOf(word: string): Promise<string[]> {
  const info = await stat(word).catch(() => undefined);
  const pattern = new Minimatch(word);
  if (info === undefined ? !pattern.hasMagic() : !info.isDirectory()) return [word];
  const root = info === undefined ? fixedPart(word) : word;
  const below = await readdir(root || ".", { recursive: true }).catch(() => []);
  const found = below
    .map((name) => join(root, name))
    .filter((file) => (info === undefined ? pattern.match(file) : !isHidden(relative(root, file))))
    .filter(isPictureName)
    .sort(byCodePoint);
  if (found.length > 0) return found;
  throw new UserError(
    "data",
    `${word}: no JPEG, PNG or WebP pictures ${info ? "in this folder" : "match this pattern"}`,
  );
}

/** The folders before the first part with a wildcard. */
function fixedPart(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => new Minimatch(part).hasMagic());
  return parts.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : "");
}

const isHidden = (path: string): boolean => path.split(sep).some((part) => part.startsWith("."));
