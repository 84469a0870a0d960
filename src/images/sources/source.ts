// Opens a data source by what lies at its path, and takes parts of it.
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import { readArchive } from "./archive.ts";
import { cifarIn, readCifar } from "./cifar.ts";
import { readFolder } from "./folder.ts";
import { readListFile } from "./list-file.ts";
import { type Listing, makeListing, type Reading } from "./listing.ts";
import { isShard } from "./shard.ts";
import { isPattern, shardsInFolder, shardsOfPattern } from "./shard-files.ts";
import { readShards } from "./shards.ts";

export type { Item, ItemSource, Listing } from "./listing.ts";

type Options = { /** Fewer classes are refused; 2 when left out. */ readonly leastClasses?: number };

/**
 * Opens a folder with one folder for each class, a list file (.csv, .jsonl), a tar archive of such a folder (.tar, .tar.gz, .tgz), or shards: one, a
 * pattern, or a folder of them; CIFAR in its binary form: its folder, of which it takes what is to train on, or one of its files. A path that goes on inside an archive, as in `cifar10.tar.gz/train`, takes that folder of it.
 *
 * @throws UserError("data") naming what is wrong.
 */
export async function openSource(path: string, { leastClasses = 2 }: Options = {}): Promise<Listing> {
  return makeListing(path, await readSource(path), leastClasses);
}

async function readSource(path: string): Promise<Reading> {
  const there = await statOf(path);
  const shards = await shardsAt(path, there);
  if (shards.length > 0) return readShards(shards);
  if (there?.isDirectory()) {
    const batches = await cifarIn(path);
    return batches.length > 0 ? readCifar(batches) : readFolder(path);
  }
  if (there?.isFile()) return readFile(path);
  const archive = there ? undefined : await archiveAbove(path);
  if (archive) return readArchive(archive.path, archive.inside);
  throw new UserError("data", there ? `${path}: neither a file nor a folder` : `${path}: no such file or folder`);
}

async function shardsAt(path: string, there: Stats | undefined): Promise<string[]> {
  if (there?.isDirectory()) return shardsInFolder(path);
  if (there) return there.isFile() && /\.tar$/i.test(path) && (await isShard(path)) ? [path] : [];
  return isPattern(path) ? shardsOfPattern(path) : [];
}

/** The shards that a source is made of. Throws UserError("data") where it is none of shards. */
export async function shardsOf(path: string): Promise<string[]> {
  const shards = await shardsAt(path, await statOf(path));
  if (shards.length > 0) return shards;
  throw new UserError("data", `${path}: expected shards: a .tar with samples, a pattern, or a folder of them`);
}

/** Whether anything lies there, shards that match, or an archive that the path goes on inside of. Throws UserError("data") where that cannot be told. */
export async function isThere(path: string): Promise<boolean> {
  if ((await statOf(path)) !== undefined) return true;
  if (isPattern(path)) return (await shardsOfPattern(path).catch(() => [])).length > 0;
  return (await archiveAbove(path)) !== undefined;
}

function readFile(path: string): Promise<Reading> {
  if (isArchive(path)) return readArchive(path, "");
  if (/\.bin$/i.test(path)) return readCifar([path]);
  const extension = extname(path).toLowerCase();
  if (extension === ".csv" || extension === ".jsonl") return readListFile(path, extension);
  throw new UserError(
    "data",
    `${path}: expected a folder, .csv, .jsonl, .tar, .tar.gz, .tgz or .bin, got "${visibleName(basename(path))}"`,
  );
}

const isArchive = (path: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(path);

/** The archive that a path goes on inside of. */
async function archiveAbove(path: string): Promise<{ path: string; inside: string } | undefined> {
  for (let above = dirname(path); above !== dirname(above); above = dirname(above))
    if (isArchive(above) && (await statOf(above))?.isFile())
      return { path: above, inside: path.slice(above.length).replace(/^\/+|\/+$/g, "") };
  return undefined;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UserError("data", `${path}: cannot be read (${code})`, { cause });
  }
}

/**
 * Holds out about `share` of the pictures: those whose base name hashes below it. Adding or removing others changes
 * nothing for a picture, and copies of one file under one name stay together.
 */
export function holdOut(listing: Listing, share: number): { train: Listing; validation: Listing } {
  const isHeld = ({ name }: { name: string }) =>
    createHash("sha256")
      .update(name.slice(name.lastIndexOf("/") + 1))
      .digest()
      .readUInt32BE() /
      2 ** 32 <
    share;
  const held = listing.items.map(isHeld);
  const part = (isValidation: boolean): Listing => ({
    ...listing,
    items: listing.items.filter((_, i) => held[i] === isValidation),
    ...taken(listing, `${share} ${isValidation}`),
    warnings: isValidation ? [] : listing.warnings,
  });
  const parts = { train: part(false), validation: part(true) };
  const empty = parts.train.items.length === 0 ? "to train on" : parts.validation.items.length === 0 ? "held out" : "";
  if (empty)
    throw new UserError(
      "data",
      `${listing.path}: holding out ${share} of ${listing.items.length} pictures leaves none ${empty}`,
      {
        hint: "set data.validation to another share, or to a second source",
      },
    );
  return parts;
}

/** Hashes of a part that is taken so of a listing. */
function taken({ fingerprint, content }: Listing, how: string): Pick<Listing, "fingerprint" | "content"> {
  const hash = (whole: string): string => createHash("sha256").update(`${whole} ${how}`).digest("hex");
  return { fingerprint: hash(fingerprint), ...(content === undefined ? {} : { content: hash(content) }) };
}

/** Names of the pictures whose files were written after a time, in milliseconds since 1970. */
export const writtenSince = ({ items }: Listing, time: number): string[] =>
  items.flatMap(({ name, source }) => {
    const modified = "container" in source ? source.container.modified : "file" in source ? source.modified : undefined;
    return modified !== undefined && modified > time ? [name] : [];
  });

/** Pictures `first` to `end` - 1 alone. */
export const stretchOfListing = (listing: Listing, first: number, end: number): Listing => ({
  ...listing,
  items: listing.items.slice(first, end),
  ...taken(listing, `pictures ${first} to ${end}`),
});

/** At most `most` pictures, taken at even distances from the listing, so that every class has its share. */
export function thinOut(listing: Listing, most: number): Listing {
  const { items } = listing;
  if (most >= items.length) return listing;
  return {
    ...listing,
    items: Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!),
    ...taken(listing, `limit ${most}`),
  };
}

/**
 * The listing with its labels numbered as in `classes`. Throws UserError("data") naming the first class that only one side has; a class without
 * pictures is allowed in a `subset`.
 */
export function matchClasses(
  listing: Listing,
  classes: readonly string[],
  { subset = false, hint = "" }: Matching = {},
): Listing {
  const fail = (name: string, what: string, more = ""): never => {
    throw new UserError("data", `${listing.path}: the class "${visibleName(name)}" ${what}`, {
      hint: `expected the ${classes.length} classes ${few(classes)}${more}`,
    });
  };
  const extra = listing.classes.find((name) => !classes.includes(name));
  if (extra !== undefined) fail(extra, "is not one of the model's or training set's");
  const missing = classes.find((name) => !listing.classes.includes(name));
  if (missing !== undefined && !subset) fail(missing, "of the model or training set is missing", hint);
  const labels = listing.classes.map((name) => classes.indexOf(name));
  return { ...listing, classes, items: listing.items.map((item) => ({ ...item, label: labels[item.label]! })) };
}

export interface Matching {
  readonly subset?: boolean;
  /** What else to say where a class is missing. */
  readonly hint?: string;
}

const few = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((name) => `"${visibleName(name)}"`)
    .join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
