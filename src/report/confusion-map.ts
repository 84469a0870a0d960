// A confusion matrix as a heat map in SVG: a row for each label, a column for each class predicted, dark where many.
import type { Confusion } from "../statistics/confusion.ts";
import { element, ink, page, shorten, text, widthOf } from "./svg.ts";

const longestName = 22;
/** Up to `shared` classes cells have shares below their numbers; more than `counted` have no numbers, and more than `named` no names. */
const most = { shared: 16, counted: 30, named: 120 } as const;
const digit = { largest: 11, width: 0.62 } as const;
/** Shares that the key shows. */
const keyShares = [0.01, 0.1, 0.25, 0.5, 0.75, 1] as const;
const key = { square: 14, row: 18, gap: 28, words: "share of the label" } as const;

/** Shades are shares of a row, so that classes of different sizes compare. Empty cells are left white. `of`: whose it is, below the title. */
export function confusionMap({ classes, cells }: Confusion, title: string, of = ""): string {
  const size = classes.length;
  const cell = cellSide(size);
  const names = size <= most.named ? classes.map((name) => shorten(name, longestName)) : [];
  const margin = 34 + Math.max(20, ...names.map((name) => widthOf(name, nameSize(cell))));
  const left = margin;
  const top = margin + 24 + (of === "" ? 0 : 16);
  const side = size * cell;
  const totals = new Float64Array(size);
  for (const { label, count } of cells) totals[label]! += count;
  const keyLeft = left + side + key.gap;
  const width = Math.max(keyLeft + widthOf(key.words) + 12, widthOf(title, 14) + 36, widthOf(of) + 24);
  const squares = cells.map(({ label, predicted, count }) =>
    drawCell({
      x: left + predicted * cell,
      y: top + label * cell,
      cell,
      count,
      share: count / totals[label]!,
      size,
    }),
  );
  return page(width, top + Math.max(side, key.row * keyShares.length + 10) + 24, title, [
    text(12, 20, title, { "font-size": 14, "font-weight": 600 }),
    ...(of === "" ? [] : [text(12, 38, of, { fill: ink.plain })]),
    text(left + side / 2, top - margin + 18, "predicted", { "text-anchor": "middle", fill: ink.plain }),
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
    ...drawKey(keyLeft, top),
  ]);
}

const cellSide = (size: number): number =>
  size <= most.shared ? 40 : size <= most.counted ? 26 : size <= most.named ? 12 : Math.max(1, Math.floor(720 / size));
const nameSize = (cell: number): number => (cell >= 20 ? 11 : 9);

type Cell = { x: number; y: number; cell: number; count: number; share: number; size: number };

function drawCell({ x, y, cell, count, share, size }: Cell): string {
  const fill = shade(share);
  const square = element("rect", { x, y, width: cell, height: cell, fill });
  if (size > most.counted) return square;
  const words = [String(count), ...(size <= most.shared ? [percent(share)] : [])];
  const middle = y + cell / 2 + 4;
  const lines = words.map((word, i) =>
    text(x + cell / 2, middle + (i - (words.length - 1) / 2) * 12, word, {
      "text-anchor": "middle",
      "font-size": Math.min(i === 0 ? digit.largest : 9, (cell - 4) / (word.length * digit.width)),
      fill: inkOn(fill),
    }),
  );
  return [square, ...lines].join("");
}

const percent = (share: number): string =>
  share < 0.005 ? "<1%" : share > 0.995 && share < 1 ? ">99%" : `${Math.round(100 * share)}%`;

const drawKey = (x: number, y: number): string[] => [
  text(x, y + 8, key.words, { fill: ink.plain }),
  ...keyShares.flatMap((share, i) => [
    element("rect", { x, y: y + 16 + i * key.row, width: key.square, height: key.square, fill: shade(share) }),
    text(x + key.square + 6, y + 27 + i * key.row, percent(share)),
  ]),
];

/** From a pale to a dark blue, so that a single picture is still seen. */
export function shade(share: number): string {
  const mix = (pale: number, dark: number): number => Math.round(pale + (dark - pale) * Math.sqrt(share));
  return `#${[mix(236, 8), mix(244, 48), mix(250, 107)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever stands out more: at least 4.5 to 1, as WCAG 2 asks of text. */
export const inkOn = (fill: string): string => (luminance(fill) > 0.179 ? "#000000" : "#ffffff");

/** Relative luminance of an sRGB colour, from 0 to 1 (WCAG 2). */
export function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
