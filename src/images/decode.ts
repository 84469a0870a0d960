// Pictures in and out of files; the only door to sharp.
import { isMainThread } from "node:worker_threads";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { type Reduction, shownBy } from "./jpeg-reduction.ts";
import { turnBox, turnUpright } from "./orientation.ts";
import { type Box, type Picture, wholeOf } from "./resample/extent.ts";
import { SourceLost, TooLarge } from "./source-lost.ts";

const emptyFile = "the file is empty";
const mostPixels = 100_000_000;
const mostSeconds = 10;

// For the whole process: a thread that set them when it starts would, for an instant, have the others refuse good pictures.
if (isMainThread) {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"] });
}
sharp.cache(false);

/** Threads inside one picture; one where many pictures are decoded at a time. */
export const decodeThreads = (threads: number): void => void sharp.concurrency(threads);

/** A picture of which the header has been read; the size is the upright one. */
export interface OpenedPicture {
  readonly width: number;
  readonly height: number;
  /** Its pixels; at a fraction of the size where that is asked for and the file is a JPEG, whose decoder then needs less time. */
  decode(reduction?: Reduction): Promise<DecodedPicture>;
}
/** `shows`: the part of the upright picture that the pixels cover; all of it unless they are reduced. */
export type DecodedPicture = Picture & { readonly shows: Box };

/**
 * JPEG, PNG or WebP (by content) as upright 8-bit RGB; transparency on black, the first frame of an animation. A colour profile is passed over,
 * as Pillow and TensorFlow do.
 * A source that cannot be read counts as a picture that cannot be, unless it throws SourceLost, which passes.
 * Both steps throw UserError("data") whose cause's message is the bare reason.
 */
export async function openPicture(
  source: Uint8Array | (() => Promise<Uint8Array>),
  name: string,
): Promise<OpenedPicture> {
  return orUnreadable(name, async () => {
    const bytes = typeof source === "function" ? await source() : source;
    if (bytes.length === 0) throw new Error(emptyFile);
    // A copy: the bytes may lie on a SharedArrayBuffer, which native code must not hold.
    const input = Buffer.from(bytes);
    const { autoOrient, width, height, orientation, format } = await sharp(input, options).metadata();
    return {
      ...autoOrient,
      decode: (reduction = 1) =>
        orUnreadable(name, async () => {
          if (reduction === 1 || format !== "jpeg") {
            const picture = await toRgb(sharp(input, options).autoOrient());
            return { ...picture, shows: wholeOf(picture) };
          }
          const stored = await toRgb(reduced(input, width, height, reduction));
          const shown = { left: 0, top: 0, width: shownBy(reduction, width), height: shownBy(reduction, height) };
          return {
            ...turnUpright(stored, orientation ?? 1),
            shows: turnBox(shown, { width, height }, orientation ?? 1),
          };
        }),
    };
  });
}

/** The whole picture at its full size; see openPicture. */
export const decodePicture = async (
  source: Uint8Array | (() => Promise<Uint8Array>),
  name: string,
): Promise<DecodedPicture> => (await openPicture(source, name)).decode();

const options: SharpOptions = { failOn: "error", limitInputPixels: mostPixels, ignoreIcc: true };

const reduced = (input: Buffer, width: number, height: number, reduction: Reduction): Sharp =>
  sharp(input, options).resize(
    Math.max(1, Math.floor(width / reduction)),
    Math.max(1, Math.floor(height / reduction)),
    {
      fit: "fill",
      kernel: "cubic",
    },
  );

/** Once more when the time is up: a machine that slept for a while has used it up too. */
const toRgb = (picture: Sharp): Promise<Picture> =>
  rgbInTime(picture).catch((error) => (timedOut(error) ? rgbInTime(picture.clone()) : Promise.reject(error)));

async function rgbInTime(picture: Sharp): Promise<Picture> {
  const { data, info } = await picture
    .flatten({ background: "#000000" })
    .toColourspace("srgb")
    .timeout({ seconds: mostSeconds })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { pixels: asRgb(data, info.channels), width: info.width, height: info.height };
}

/** Throws UserError("data") for whatever `work` throws but SourceLost; its cause's message is the bare reason. */
export async function orUnreadable<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceLost) throw error;
    // JavaScript's own alone: what a decoder says of memory may be what a damaged header asks for.
    if (error instanceof RangeError && isOutOfMemory(error))
      throw new SourceLost(`${name} cannot be decoded, and nor can others: out of memory`);
    const reason = explain(error);
    throw new UserError("data", `${name}: cannot be read (${reason})`, { cause: new Error(reason, { cause: error }) });
  }
}

export type Thumbnail = { readonly webp: Uint8Array; readonly width: number; readonly height: number };

const webpQuality = 60;

/** A picture as a small WebP, upright, its longer side of `side` pixels at the most; see openPicture. */
export async function thumbnail(
  source: Uint8Array | (() => Promise<Uint8Array>),
  name: string,
  side: number,
): Promise<Thumbnail> {
  const picture = await openPicture(source, name);
  const shrunk = Math.max(picture.width, picture.height) / side;
  const { pixels, width, height } = await picture.decode(shrunk >= 10 ? 5 : shrunk >= 6 ? 3 : 1);
  return thumbnailOf(pixels, width, height, side);
}

/** The same of RGB bytes, height * width * 3. */
export async function thumbnailOf(pixels: Uint8Array, width: number, height: number, side: number): Promise<Thumbnail> {
  const { data, info } = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: webpQuality })
    .toBuffer({ resolveWithObject: true });
  return { webp: data, width: info.width, height: info.height };
}

/** The first `count` of the RGB pictures [n, size, size, 3] with `side` pixels for `size`. */
export async function shrinkSquares(
  images: Uint8Array,
  count: number,
  size: number,
  side: number,
): Promise<Uint8Array> {
  const bytes = size * size * 3;
  if (side === size) return images.subarray(0, count * bytes);
  const shrunk = new Uint8Array(count * side * side * 3);
  for (let at = 0; at < count; at++) {
    const raw = { width: size, height: size, channels: 3 } as const;
    const one = sharp(images.subarray(at * bytes, (at + 1) * bytes), { raw }).resize(side, side);
    shrunk.set(await one.raw().toBuffer(), at * side * side * 3);
  }
  return shrunk;
}

/** The PNG file of RGB bytes, height * width * 3, rows from the top. */
export async function encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

const timedOut = (error: unknown): boolean => error instanceof Error && /timeout/i.test(error.message);

function asRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  if (channels > 2) throw new Error(`it has ${channels} channels after conversion to RGB`);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3);
  return pixels;
}

const fileTroubles: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder, expected a file",
  EACCES: "no permission to read it",
};

/** What it means to the user, and the first of the decoder's own words. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text === emptyFile || error instanceof TooLarge) return text;
  const code = errorCode(error);
  if (code !== undefined) return fileTroubles[code] ?? text;
  if (/unsupported image format|operation is blocked/i.test(text))
    return "not a picture that can be decoded; expected JPEG, PNG or WebP";
  if (timedOut(error)) return `not decoded within ${mostSeconds} seconds`;
  if (/exceeds pixel limit/i.test(text)) return `more than ${mostPixels / 1e6} million pixels`;
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^(Input buffer has corrupt header|vips\w*): ?/gi, "").trim());
  const said = lines.find((line) => line !== "" && line !== "Unknown error");
  return said === undefined
    ? "damaged or unsupported data"
    : `damaged or unsupported data: ${said.replace(/^vips\w*: /i, "")}`;
}
