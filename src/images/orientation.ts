// EXIF orientations.
import type { Box, Picture, Size } from "./resample/extent.ts";

/** Stored columns and rows to the upright picture's: whether they change places, and which run backwards. */
type Turn = { readonly swap: boolean; readonly backwardsX: boolean; readonly backwardsY: boolean };

/** By EXIF value - 1: as it is, mirrored, half a turn, upside down, transposed, and turned by the four remaining ways. */
const turns: readonly Turn[] = [
  { swap: false, backwardsX: false, backwardsY: false },
  { swap: false, backwardsX: true, backwardsY: false },
  { swap: false, backwardsX: true, backwardsY: true },
  { swap: false, backwardsX: false, backwardsY: true },
  { swap: true, backwardsX: false, backwardsY: false },
  { swap: true, backwardsX: false, backwardsY: true },
  { swap: true, backwardsX: true, backwardsY: true },
  { swap: true, backwardsX: true, backwardsY: false },
];

const turnOf = (orientation: number): Turn => turns[orientation - 1] ?? turns[0]!;

/** Where a box of the stored picture, which has the size `whole`, lies in the upright one. */
export function turnBox({ left, top, width, height }: Box, whole: Size, orientation: number): Box {
  const { swap, backwardsX, backwardsY } = turnOf(orientation);
  const x = backwardsX ? whole.width - left - width : left;
  const y = backwardsY ? whole.height - top - height : top;
  return swap ? { left: y, top: x, width: height, height: width } : { left: x, top: y, width, height };
}

/** The RGB picture as its EXIF orientation (1 to 8) says it should be seen. */
export function turnUpright({ pixels, width, height }: Picture, orientation: number): Picture {
  const turn = turnOf(orientation);
  if (turn === turns[0]) return { pixels, width, height };
  const [outWidth, outHeight] = turn.swap ? [height, width] : [width, height];
  const stepX = turn.backwardsX ? -3 : 3;
  const stepY = (turn.backwardsY ? -3 : 3) * width;
  const start = ((turn.backwardsY ? height - 1 : 0) * width + (turn.backwardsX ? width - 1 : 0)) * 3;
  const [alongRow, alongColumn] = turn.swap ? [stepY, stepX] : [stepX, stepY];
  const out = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < outHeight; y++)
    for (let x = 0, from = start + y * alongColumn; x < outWidth; x++, from += alongRow, to += 3) {
      out[to] = pixels[from]!;
      out[to + 1] = pixels[from + 1]!;
      out[to + 2] = pixels[from + 2]!;
    }
  return { pixels: out, width: outWidth, height: outHeight };
}
