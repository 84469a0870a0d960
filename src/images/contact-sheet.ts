// Many small pictures on one sheet, to look at.
import { drawLabel, letterHeight } from "./label.ts";
import type { Size } from "./resample/extent.ts";

export type Sheet = { readonly pixels: Uint8Array; readonly width: number; readonly height: number };

const gap = 4;

/** The first `count` of the RGB pictures [n, height, width, 3], which are squares where `size` is a number, row after row with white between, each with the lines of its label below where there are labels; the legend stands at the foot. */
export function contactSheet(
  images: Uint8Array,
  count: number,
  size: Size | number,
  columns: number,
  labels: readonly string[] = [],
  legend: readonly string[] = [],
): Sheet {
  const cell = typeof size === "number" ? { width: size, height: size } : size;
  const dot = Math.max(1, Math.floor(cell.width / 64));
  const lineHeight = letterHeight * dot + gap;
  const rowHeight = cell.height + gap + Math.max(0, ...labels.map((label) => label.split("\n").length)) * lineHeight;
  const rows = Math.ceil(count / columns);
  const width = columns * (cell.width + gap) + gap;
  const foot = rows * rowHeight + gap;
  const height = foot + legend.length * lineHeight;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (let picture = 0; picture < count; picture++) {
    const left = gap + (picture % columns) * (cell.width + gap);
    const top = gap + Math.floor(picture / columns) * rowHeight;
    for (let row = 0; row < cell.height; row++) {
      const from = (picture * cell.height + row) * cell.width * 3;
      pixels.set(images.subarray(from, from + cell.width * 3), ((top + row) * width + left) * 3);
    }
    for (const [line, text] of (labels[picture] ?? "").split("\n").entries())
      drawLabel({ pixels, width }, text, {
        ...{ left, top: top + cell.height + gap + line * lineHeight },
        ...{ width: cell.width, dot },
      });
  }
  for (const [line, text] of legend.entries())
    drawLabel({ pixels, width }, text, { left: gap, top: foot + line * lineHeight, width: width - 2 * gap, dot });
  return { pixels, width, height };
}
