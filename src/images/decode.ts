// Pictures in and out of files; the only door to sharp.
import sharp from "sharp";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import type { CropPlan } from "./crop.ts";
import { resizeTensorflow } from "./resize.ts";

/** RGB bytes, height * width * 3, rows from the top. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const emptyFile = "the file is empty";
const mostPixels = 100_000_000;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"] });
sharp.cache(false);

/** Threads inside one picture; one where many pictures are decoded at a time. */
export const decodeThreads = (threads: number): void => void sharp.concurrency(threads);

/**
 * JPEG, PNG or WebP (by content) as upright 8-bit sRGB; transparency on black, the first frame of an animation.
 * A source that cannot be read counts as a picture that cannot be.
 * Throws UserError("data") whose cause's message is the bare reason.
 */
export async function decodePicture(source: Uint8Array | (() => Promise<Uint8Array>), name: string): Promise<Picture> {
  try {
    const bytes = typeof source === "function" ? await source() : source;
    if (bytes.length === 0) throw new Error(emptyFile);
    // A copy: the bytes may lie on a SharedArrayBuffer, which native code must not hold.
    const { data, info } = await sharp(Buffer.from(bytes), { failOn: "error", limitInputPixels: mostPixels })
      .autoOrient()
      .flatten({ background: "#000000" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { pixels: asRgb(data, info.channels), width: info.width, height: info.height };
  } catch (error) {
    const reason = explain(error);
    throw new UserError("data", `${name}: cannot be read (${reason})`, { cause: new Error(reason, { cause: error }) });
  }
}

/**
 * Cut and resized to size * size * 3 bytes. The kernels linear and cubic are widened to the scale when shrinking
 * (antialiased), tensorflow is not.
 */
export async function cropResize(
  picture: Picture,
  { resize, crop, kernel }: CropPlan,
  size: number,
): Promise<Uint8Array> {
  const { pixels, width, height } = picture;
  const input = sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (kernel === "tensorflow")
    return resizeTensorflow(await input.extract(crop).raw().toBuffer(), crop.width, crop.height, size);
  const fill = { fit: "fill", kernel, fastShrinkOnLoad: false } as const;
  const output =
    resize === undefined
      ? input.extract(crop).resize(size, size, fill)
      : input.resize(resize.width, resize.height, fill).extract(crop);
  return output.raw().toBuffer();
}

/** The PNG file of RGB bytes, height * width * 3, rows from the top. */
export async function encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function asRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  if (channels > 2) throw new Error(`it has ${channels} channels after conversion to RGB`);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3);
  return pixels;
}

/** What it means to the user, and the first of the decoder's own words. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text === emptyFile || errorCode(error) !== undefined) return text;
  if (/unsupported image format|operation is blocked/i.test(text))
    return "not a picture that can be decoded; expected JPEG, PNG or WebP";
  if (/exceeds pixel limit/i.test(text)) return `more than ${mostPixels / 1e6} million pixels`;
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^(Input buffer has corrupt header|vips\w*): ?/gi, "").trim());
  const said = lines.find((line) => line !== "" && line !== "Unknown error");
  return said === undefined
    ? "damaged or unsupported data"
    : `damaged or unsupported data: ${said.replace(/^vips\w*: /i, "")}`;
}
