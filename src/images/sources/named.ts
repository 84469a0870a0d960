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

/** Words as they are, and in the place of a pattern such as `parts/*` the folders that it names, in code-point order; none stays a word. */
export async function namedFolders(words: readonly string[]): Promise<string[]> {
  const found = await Promise.all(words.map(foldersOf));
  return found.flat();
}

async function foldersOf(word: string): Promise<string[]> {
  const pattern = new Minimatch(word);
  if (!pattern.hasMagic() || (await stat(word).catch(() => undefined))) return [word];
  const root = fixedPart(word);
  const below = await readdir(root || ".", { recursive: true, withFileTypes: true }).catch(() => []);
  const folders = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const found = folders.filter((folder) => pattern.match(folder)).sort(byCodePoint);
  return found.length > 0 ? found : [word];
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
