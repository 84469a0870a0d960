// A confusion matrix as a heat map in SVG: a row for each label, a column for each class predicted, dark where many.
import type { Confusion } from "../statistics/confusion.ts";
import { element, ink, page, shorten, text, widthOf } from "./svg.ts";

const longestName = 22;
/** More classes than this are drawn without their names, and more than `counted` without numbers in the cells. */
const named = 120;
const counted = 30;

/** Shades are shares of a row, so that classes of different sizes compare. Empty cells are left white. */
export function confusionMap({ classes, cells }: Confusion, title: string): string {
  const size = classes.length;
  const cell = size <= counted ? 26 : size <= named ? 12 : Math.max(1, Math.floor(720 / size));
  const names = size <= named ? classes.map((name) => shorten(name, longestName)) : [];
  const margin = 34 + Math.max(20, ...names.map((name) => widthOf(name, nameSize(cell))));
  const left = margin;
  const top = margin + 24;
  const side = size * cell;
  const totals = new Float64Array(size);
  for (const { label, count } of cells) totals[label]! += count;
  const width = Math.max(left + side + 24, widthOf(title, 14) + 36);
  const squares = cells.map(({ label, predicted, count }) =>
    drawCell({
      x: left + predicted * cell,
      y: top + label * cell,
      cell,
      count,
      share: count / totals[label]!,
      isLabelled: size <= counted,
    }),
  );
  return page(width, top + side + 24, title, [
    text(12, 20, title, { "font-size": 14, "font-weight": 600 }),
    text(left + side / 2, 42, "predicted", { "text-anchor": "middle", fill: ink.plain }),
    text(0, 0, "label", {
      "text-anchor": "middle",
      fill: ink.plain,
      transform: `translate(16 ${top + side / 2}) rotate(-90)`,
    }),
    ...names.map((name, i) =>
      text(left - 6, top + (i + 0.5) * cell + 4, name, { "text-anchor": "end", "font-size": nameSize(cell) }),
    ),
    ...names.map((name, i) =>
      text(0, 0, name, {
        "font-size": nameSize(cell),
        transform: `translate(${left + (i + 0.5) * cell + 4} ${top - 6}) rotate(-90)`,
      }),
    ),
    ...squares,
    element("rect", { x: left, y: top, width: side, height: side, fill: "none", stroke: ink.plain }),
  ]);
}

const nameSize = (cell: number): number => (cell >= 20 ? 11 : 9);

type Cell = { x: number; y: number; cell: number; count: number; share: number; isLabelled: boolean };

function drawCell({ x, y, cell, count, share, isLabelled }: Cell): string {
  const square = element("rect", { x, y, width: cell, height: cell, fill: shade(share) });
  if (!isLabelled) return square;
  const number = text(x + cell / 2, y + cell / 2 + 4, String(count), {
    "text-anchor": "middle",
    "font-size": count < 1000 ? 10 : 8,
    fill: share > 0.5 ? "#ffffff" : ink.dark,
  });
  return `${square}${number}`;
}

/** From a pale to a dark blue, so that a single picture is still seen. */
function shade(share: number): string {
  const mix = (pale: number, dark: number): number => Math.round(pale + (dark - pale) * Math.sqrt(share));
  return `#${[mix(236, 8), mix(244, 48), mix(250, 107)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
