// Pictures in and out of files; the only door to sharp.
import sharp from "sharp";

/** The PNG file of RGB bytes, height * width * 3, rows from the top. */
export async function encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
