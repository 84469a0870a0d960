// Which pictures of two sets are the same: those in one place, and those of the same bytes.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readPicture } from "./source-lost.ts";
import type { Item, ItemSource } from "./sources/listing.ts";

/** Among more pictures than these no bytes are compared. */
export const mostCompared = 20_000;

/** 0 where it is gone. */
export async function bytesOf(source: ItemSource): Promise<number> {
  if ("bytes" in source) return source.bytes.length;
  if ("container" in source) return source.length;
  return stat(source.file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Throws UserError as `readPicture` does. */
export const hashOf = async ({ source }: Item): Promise<string> =>
  createHash("sha256")
    .update(await readPicture(source))
    .digest("hex");

/** How many of `items` are among `others`: in the same place, or with the same bytes where there are at most `mostCompared` of both. */
export async function countAmong(items: readonly Item[], others: readonly Item[]): Promise<number> {
  const places = new Set(others.flatMap(({ source }) => placeOf(source)));
  const elsewhere = items.filter(({ source }) => !placeOf(source).some((place) => places.has(place)));
  const found = items.length - elsewhere.length;
  if (elsewhere.length === 0 || items.length + others.length > mostCompared) return found;
  const [sizes, otherSizes] = await Promise.all(
    [elsewhere, others].map((some) => Promise.all(some.map(({ source }) => bytesOf(source)))),
  );
  const known = new Set(await hashesOf(others, otherSizes!, new Set(sizes)));
  const hashes = await hashesOf(elsewhere, sizes!, new Set(otherSizes));
  return found + hashes.filter((hash) => known.has(hash)).length;
}

/** Of those of these sizes that can be read. */
async function hashesOf(items: readonly Item[], sizes: readonly number[], asked: ReadonlySet<number>) {
  const hashes: string[] = [];
  for (const [i, item] of items.entries())
    if (sizes[i]! > 0 && asked.has(sizes[i]!))
      hashes.push(
        ...(await hashOf(item).then(
          (hash) => [hash],
          () => [],
        )),
      );
  return hashes;
}

function placeOf(source: ItemSource): string[] {
  if ("bytes" in source) return [];
  return ["file" in source ? resolve(source.file) : `${resolve(source.container.file)}:${source.offset}`];
}
