// A sheet of pictures as a file that is small enough to be sent around.
import { contactSheet } from "../images/contact-sheet.ts";
import { encodePng, shrinkSquares } from "../images/decode.ts";

export interface SheetRequest {
  /** RGB pictures, [count, size, size, 3]. */
  readonly images: Uint8Array;
  readonly count: number;
  readonly size: number;
  readonly columns: number;
  readonly labels?: readonly string[];
  /** Lines at the foot of the sheet. */
  readonly legend?: readonly string[];
}

const mostBytes = 2e6;
/** From which on no PNG of photographs has fewer bytes. */
const mostPixels = 1.5e6;
/** Pictures are made no smaller than this. */
const least = 32;

/** The PNG file, and the side of the pictures on it: smaller than theirs where it would have more than 2 MB. */
export async function smallSheet(request: SheetRequest): Promise<{ readonly png: Uint8Array; readonly side: number }> {
  const { images, count, size, columns, labels, legend } = request;
  for (let side = Math.min(size, Math.max(least, Math.floor(Math.sqrt(mostPixels / count)))); ; ) {
    const cells = await shrinkSquares(images, count, size, side);
    const { pixels, width, height } = contactSheet(cells, count, side, columns, labels, legend);
    const png = await encodePng(pixels, width, height);
    if (png.length <= mostBytes || side <= least) return { png, side };
    side = Math.max(least, Math.floor(side * 0.85));
  }
}
