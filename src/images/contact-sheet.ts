// Many small pictures on one sheet, to look at.
import { drawLabel, letterHeight } from "./label.ts";

export type Sheet = { readonly pixels: Uint8Array; readonly width: number; readonly height: number };

const gap = 4;

/** The first `count` of the RGB pictures [n, size, size, 3], row after row with white between, each with the lines of its label below where there are labels; the legend stands at the foot. */
export function contactSheet(
  images: Uint8Array,
  count: number,
  size: number,
  columns: number,
  labels: readonly string[] = [],
  legend: readonly string[] = [],
): Sheet {
  const dot = Math.max(1, Math.floor(size / 64));
  const lineHeight = letterHeight * dot + gap;
  const rowHeight = size + gap + Math.max(0, ...labels.map((label) => label.split("\n").length)) * lineHeight;
  const rows = Math.ceil(count / columns);
  const width = columns * (size + gap) + gap;
  const foot = rows * rowHeight + gap;
  const height = foot + legend.length * lineHeight;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (let picture = 0; picture < count; picture++) {
    const left = gap + (picture % columns) * (size + gap);
    const top = gap + Math.floor(picture / columns) * rowHeight;
    for (let row = 0; row < size; row++) {
      const from = (picture * size + row) * size * 3;
      pixels.set(images.subarray(from, from + size * 3), ((top + row) * width + left) * 3);
    }
    for (const [line, text] of (labels[picture] ?? "").split("\n").entries())
      drawLabel({ pixels, width }, text, { left, top: top + size + gap + line * lineHeight, width: size, dot });
  }
  for (const [line, text] of legend.entries())
    drawLabel({ pixels, width }, text, { left: gap, top: foot + line * lineHeight, width: width - 2 * gap, dot });
  return { pixels, width, height };
}
