// A folder with one folder for each class.
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { counted } from "../../counted.ts";
import { UserError } from "../../errors.ts";
import { errorCode } from "../../io-error.ts";
import { visibleName } from "../../visible.ts";
import { byCodePoint, type Found, ignoredWarning, isPictureName, layouts } from "./listing.ts";

type Walk = {
  readonly root: string;
  readonly found: Found[];
  readonly ignored: string[];
  /** Pictures that lie beside the class folders. */
  readonly stray: string[];
  readonly broken: string[];
  /** Names whose bytes are no UTF-8, by which nothing can be opened. */
  readonly misnamed: string[];
  readonly loops: string[];
  outside: number;
};

/**
 * Every picture below each class folder, however deep. Links are followed: a loop is left out and links that leave the folder are counted, both
 * in the warnings; hidden files are passed over.
 */
export async function readFolder(path: string): Promise<{ found: Found[]; warnings: string[] }> {
  const root = await realpath(path);
  const walk: Walk = { root, found: [], ignored: [], stray: [], broken: [], misnamed: [], loops: [], outside: 0 };
  const entries = await entriesOf(path);
  const classes: string[] = [];
  for (const entry of entries) {
    if (await isFolder(join(path, entry.name), entry, walk)) classes.push(entry.name);
    else (isPictureName(entry.name) ? walk.stray : walk.ignored).push(entry.name);
  }
  if (classes.length === 0 && walk.stray.length > 0)
    throw new UserError(
      "data",
      `${path}: expected a folder for each class, got pictures side by side (${walk.stray.length}, as ${visibleName(walk.stray[0]!)})`,
      { hint: layouts },
    );
  for (const name of classes) await readClass(path, name, classes, walk);
  return { found: walk.found, warnings: warningsOf(walk) };
}

async function readClass(path: string, name: string, classes: readonly string[], walk: Walk): Promise<void> {
  const before = walk.found.length;
  await readInto(join(path, name), name, name, [walk.root], walk);
  if (
    isSplitName(name) &&
    classes.every(isSplitName) &&
    walk.found.slice(before).some((item) => item.name.split("/").length > 2)
  )
    throw new UserError(
      "data",
      `${path}: its folders (${classes.join(", ")}) look like parts of a data set, not classes`,
      {
        hint: `give ${join(path, name)}`,
      },
    );
  if (walk.found.length === before)
    throw new UserError(
      "data",
      `${path}: the class folder "${visibleName(name)}" holds no JPEG, PNG or WebP pictures`,
      {
        hint: "put pictures there or remove the folder",
      },
    );
}

const isSplitName = (name: string): boolean => /^(train|training|val|valid|validation|test)$/i.test(name);

async function readInto(
  path: string,
  name: string,
  className: string,
  above: readonly string[],
  walk: Walk,
): Promise<void> {
  const real = await realpath(path).catch((cause) => Promise.reject(unreadable(path, cause)));
  if (above.includes(real)) return void walk.loops.push(name);
  for (const entry of await entriesOf(path)) {
    const inner = join(path, entry.name);
    const innerName = `${name}/${entry.name}`;
    if (await isFolder(inner, entry, walk)) await readInto(inner, innerName, className, [...above, real], walk);
    else if (!isPictureName(entry.name)) walk.ignored.push(innerName);
    else await addFile(inner, innerName, className, entry, walk);
  }
}

async function addFile(path: string, name: string, className: string, entry: Dirent, walk: Walk): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return void (!info && isMisnamed(entry.name) ? walk.misnamed : walk.broken).push(name);
  if (entry.isSymbolicLink()) await countOutside(path, walk);
  walk.found.push({ name, className, size: info.size, source: { file: path, modified: Math.floor(info.mtimeMs) } });
}

async function isFolder(path: string, entry: Dirent, walk: Walk): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const is = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  if (is) await countOutside(path, walk);
  return is;
}

async function countOutside(path: string, walk: Walk): Promise<void> {
  const real = await realpath(path);
  if (real !== walk.root && !real.startsWith(walk.root + sep)) walk.outside++;
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
    return entries.sort((a, b) => byCodePoint(a.name, b.name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Node gives a name that is no UTF-8 with this sign in the place of what it is not. */
const isMisnamed = (name: string): boolean => name.includes("\ufffd");

function unreadable(path: string, cause: unknown): UserError {
  const reason = isMisnamed(path) ? "its name is not UTF-8" : (errorCode(cause) ?? String(cause));
  return new UserError("data", `${path}: the folder cannot be read (${reason})`, { cause });
}

const warningsOf = ({ ignored, stray, broken, misnamed, loops, outside }: Walk): string[] => [
  ...ignoredWarning(ignored),
  ...some(stray, "beside the class folders, in none of them, left out"),
  ...some(broken, "no longer there, or no plain file"),
  ...some(misnamed, "its name is not UTF-8, left out"),
  ...some(loops, "a link to a folder above it, left out"),
  ...(outside > 0
    ? [`${counted(outside, "link leads out of the folder and was", "links lead out of the folder and were")} followed`]
    : []),
];

const some = (names: readonly string[], what: string): string[] =>
  names.length === 0
    ? []
    : [`${visibleName(names[0]!)}${names.length > 1 ? ` and ${names.length - 1} more` : ""}: ${what}`];
