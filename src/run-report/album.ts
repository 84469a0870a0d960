// The pictures of a page as small WebPs inside it, as many as its budget holds.

import { UserError } from "../errors.ts";
import { type Thumbnail, thumbnail } from "../images/decode.ts";
import { readPicture } from "../images/source-lost.ts";
import type { Item } from "../images/sources/listing.ts";
import { type Html, html } from "../report/html.ts";

/** A place of the page that a picture is wanted for, and the picture where it was found; a place has one. */
export type Wanted = { readonly place: string; readonly item: Item | undefined };

export interface Album {
  /** The picture at a place, or undefined where it cannot be shown. `alt` says what is seen. */
  at(place: string, alt: string): Html | undefined;
  /** Pictures in it, and those that were wanted and could be read but have no room. */
  readonly shown: number;
  readonly left: number;
  readonly bytes: number;
}

/** Longer side in pixels: sharp at the size of the page, where a picture takes some three kilobytes. */
export const thumbnailSide = 128;
const atOnce = 8;

export const noAlbum: Album = { at: () => undefined, shown: 0, left: 0, bytes: 0 };

/**
 * The most wanted first, until `budget` bytes of the page are taken: a picture that two places want counts twice, as it stands there twice.
 * One that cannot be read is left out.
 */
export async function fillAlbum(wanted: readonly Wanted[], budget: number): Promise<Album> {
  const places = new Map<string, Embedded>();
  const made = new Map<Item, Promise<Thumbnail | undefined>>();
  const known = wanted.flatMap(({ place, item }) => (item === undefined ? [] : [{ place, item }]));
  let bytes = 0;
  for (const [i, { place, item }] of known.entries()) {
    for (const { item: soon } of known.slice(i, i + atOnce)) if (!made.has(soon)) made.set(soon, thumbnailOf(soon));
    const found = await made.get(item);
    if (found === undefined) continue;
    const picture = embedded(found);
    if (bytes + picture.address.length > budget) return { ...albumOf(places), left: known.length - i, bytes };
    bytes += picture.address.length;
    places.set(place, picture);
  }
  return { ...albumOf(places), bytes };
}

export type Embedded = { readonly address: string; readonly width: number; readonly height: number };

/** Of pictures that are there already, such as crops. */
export function albumOf(places: ReadonlyMap<string, Embedded>): Album {
  return {
    at(place, alt) {
      const found = places.get(place);
      return (
        found &&
        html`<img src="${found.address}" width="${found.width}" height="${found.height}" alt="${alt}" decoding="async">`
      );
    },
    shown: places.size,
    left: 0,
    bytes: 0,
  };
}

export const embedded = ({ webp, width, height }: Thumbnail): Embedded => ({
  address: `data:image/webp;base64,${Buffer.from(webp).toString("base64")}`,
  width,
  height,
});

async function thumbnailOf({ name, source }: Item): Promise<Thumbnail | undefined> {
  try {
    return await thumbnail(async () => readPicture(source), name, thumbnailSide);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
