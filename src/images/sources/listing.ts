// A set of labelled pictures, wherever they come from.
import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import type { Size } from "../resample/extent.ts";

/** A file with many pictures, as it was when the set was opened. */
export interface Container {
  readonly file: string;
  readonly size: number;
  /** In milliseconds since 1970, whole ones. */
  readonly modified: number;
}
/** A file (`modified` as above, where it was asked), its bytes (on a SharedArrayBuffer, so that threads share them), or a part of a file. */
export type ItemSource =
  | { readonly file: string; readonly modified?: number }
  | { readonly bytes: Uint8Array }
  | {
      readonly container: Container;
      readonly offset: number;
      readonly length: number;
      /** Where its bytes are planes of red, green and blue. */
      readonly planes?: Size;
    };

export type Item = {
  /** Path within the set, with "/": unique, and the same whether the set is a folder or an archive of it. */
  readonly name: string;
  /** Number of its class. */
  readonly label: number;
  readonly source: ItemSource;
};

export type Listing = {
  /** Where it was opened. */
  readonly path: string;
  /** In code-point order. */
  readonly classes: readonly string[];
  /** In code-point order of their names; in a list file's own order. */
  readonly items: readonly Item[];
  /** SHA-256 of names, classes and file sizes, in hexadecimal. */
  readonly fingerprint: string;
  /** The same of names and pictures' bytes, where these are known without reading them all: in memory, or by indexes. */
  readonly content?: string;
  /** What was left out or looks wrong, one sentence each. */
  readonly warnings: readonly string[];
};

/** What a source finds, before classes are numbered. */
export type Found = {
  readonly name: string;
  readonly className: string;
  readonly size: number;
  readonly source: ItemSource;
};
/** `content` as in a listing. */
export type Reading = {
  readonly found: readonly Found[];
  readonly warnings: readonly string[];
  readonly content?: string;
};

/** A listing of what was found in `path`. Throws UserError("data") when there is nothing to learn from. */
export function makeListing(path: string, { found, warnings, content }: Reading, leastClasses: number): Listing {
  if (found.length === 0)
    throw new UserError("data", `${path}: no JPEG, PNG or WebP pictures found`, { hint: layouts });
  const classes = [...new Set(found.map(({ className }) => className))].sort(byCodePoint);
  if (classes.length < leastClasses)
    throw new UserError(
      "data",
      `${path}: expected at least ${leastClasses} classes, got 1 ("${visibleName(classes[0]!)}")`,
      {
        hint: layouts,
      },
    );
  const labels = new Map(classes.map((name, label) => [name, label]));
  return {
    path,
    classes,
    items: found.map(({ name, className, source }) => ({ name, label: labels.get(className)!, source })),
    fingerprint: fingerprintOf(found),
    ...(content === undefined ? {} : { content }),
    warnings: [
      ...warnings,
      ...twins(classes),
      ...(classes.length === 1 ? ["one class only: nothing to learn from"] : []),
    ],
  };
}

/** Of many lines at once: a call for each takes longer than hashing. */
function fingerprintOf(found: readonly Found[]): string {
  const hash = createHash("sha256");
  let lines = "";
  for (const { name, className, size } of found) {
    lines += `${JSON.stringify([name, className, size])}\n`;
    if (lines.length < 2 ** 16) continue;
    hash.update(lines);
    lines = "";
  }
  return hash.update(lines).digest("hex");
}

export const layouts =
  "a set is a folder (or tar archive) with one folder for each class, a .csv or .jsonl file with path and label, or tar shards of pictures with a .cls each";

/** The order of Unicode code points, which no locale changes. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  // Units of UTF-16 are in another order only where surrogates are.
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Classes that differ only in case or in how an accent is encoded are probably one. */
function twins(classes: readonly string[]): string[] {
  const seen = new Map<string, string>();
  return classes.flatMap((name) => {
    const folded = name.normalize("NFC").toLowerCase();
    const twin = seen.get(folded);
    seen.set(folded, name);
    return twin === undefined
      ? []
      : [`classes "${visibleName(twin)}" and "${visibleName(name)}" differ only in case or encoding`];
  });
}

/** Extensions that a source takes for pictures; what a file really holds is seen when it is read. */
export const isPictureName = (name: string): boolean => /\.(jpe?g|jpe|jfif|png|webp)$/i.test(name);

/** One sentence about the files that are no pictures by their names. */
export function ignoredWarning(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const counts = new Map<string, number>();
  for (const name of names) {
    const extension = /\.[^./]+$/.exec(name)?.[0].toLowerCase() ?? "no extension";
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const kinds = [...counts].map(([extension, count]) => `${count} ${visibleName(extension)}`).join(", ");
  return [`left out as not JPEG, PNG or WebP by name: ${kinds}`];
}
