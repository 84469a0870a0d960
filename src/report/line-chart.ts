// Curves of several series in one frame, such as loss over steps of several runs, as an SVG.
import { element, escapeXml, ink, lineColors, lineDashes, page, shorten, text, widthOf } from "./svg.ts";
import { logTicks, tickLabel, ticks, wholeTicks } from "./ticks.ts";

export interface Axis {
  readonly label: string;
  /** Powers of ten at equal distances; values of zero and below are left out. */
  readonly log?: boolean;
  /** Of things that are counted: marks at whole numbers, where two of them lie in the frame. */
  readonly whole?: boolean;
  /** Ends of the axis; those of the data when left out. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  readonly name: string;
  /** Drawn pale, behind what matters more. */
  readonly pale?: boolean;
  /** In the order in which they are joined; a point that is not finite leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What lies around the curve, such as the range of several runs: drawn pale behind it. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

/** A dashed line across the frame with its name: at a place of the x axis, or at a level of the y axis. */
export type Mark = { readonly label: string } & ({ readonly x: number } | { readonly y: number });

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  /** What it shows, in a sentence, for those who do not see it. */
  readonly description?: string;
  /** Smaller, with the names of the series above it: one of several on a page. */
  readonly compact?: boolean;
}

type Plot = Readonly<Record<"left" | "top" | "width" | "height" | "bottom" | "right", number>>;
const large: Plot = { left: 64, top: 36, width: 560, height: 320, bottom: 48, right: 16 };
const small: Plot = { left: 64, top: 52, width: 400, height: 200, bottom: 44, right: 20 };
const legend = { line: 22, row: 16, longest: 36 } as const;

export function lineChart(chart: LineChart): string {
  const { title, x, y, series, marks = [], description, compact = false } = chart;
  const plot = compact ? small : large;
  const across = scaleOf(
    x,
    series.flatMap(({ points }) => points.map((point) => point[0])),
    (share) => plot.left + share * plot.width,
  );
  const up = scaleOf(
    y,
    series.flatMap(({ points, band = [] }) => [
      ...points.map((point) => point[1]),
      ...band.flatMap(([, low, high]) => [low, high]),
    ]),
    (share) => plot.top + (1 - share) * plot.height,
  );
  const names = series.map(({ name }) => shorten(name, legend.longest));
  const isCrowded = marks.some((mark) => "y" in mark && up.holds(mark.y) && up.at(mark.y) < plot.top + 16);
  const labelAt = plot.top + (isCrowded ? 30 : 12);
  const entries = series.map(({ pale = false }, i) => ({ name: names[i]!, pale }));
  const key = compact ? keyAbove(entries, plot) : keyBeside(entries, plot);
  return page(key.width, key.height, title, [
    ...(description === undefined ? [] : [element("desc", {}, escapeXml(description))]),
    text(compact ? 8 : plot.left, 20, title, { "font-size": 14, "font-weight": 600 }),
    ...across.marks.flatMap((value) => verticalMark(plot, across.at(value), tickLabel(value))),
    ...up.marks.flatMap((value) => horizontalMark(plot, up.at(value), tickLabel(value))),
    element("rect", {
      x: plot.left,
      y: plot.top,
      width: plot.width,
      height: plot.height,
      fill: "none",
      stroke: ink.plain,
    }),
    text(plot.left + plot.width / 2, plot.top + plot.height + 38, x.label, { "text-anchor": "middle" }),
    text(0, 0, y.label, {
      "text-anchor": "middle",
      transform: `translate(16 ${plot.top + plot.height / 2}) rotate(-90)`,
    }),
    ...marks.flatMap((mark) => drawMark(mark, plot, { across, up, labelAt })),
    ...series.map((one, i) => bandOf(one, across, up, i)),
    ...series.map((one, i) => curve(one, across, up, i)),
    ...key.drawn,
  ]);
}

type Key = { readonly drawn: readonly string[]; readonly width: number; readonly height: number };
type Entry = { readonly name: string; readonly pale: boolean };

function keyBeside(entries: readonly Entry[], plot: Plot): Key {
  const left = plot.left + plot.width + plot.right;
  return {
    drawn: entries.flatMap((entry, i) => legendRow(left, plot.top + 8 + i * legend.row, entry, i)),
    width: left + legend.line + 18 + Math.max(24, ...entries.map(({ name }) => widthOf(name))),
    height: Math.max(plot.top + plot.height + plot.bottom, plot.top + (entries.length + 1) * legend.row),
  };
}

/** One after the other in a line; a series alone needs no name. */
function keyAbove(entries: readonly Entry[], plot: Plot): Key {
  const lengths = entries.map(({ name }) => legend.line + 16 + widthOf(name));
  const starts = lengths.map((_, i) => 8 + lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
  return {
    drawn: entries.length < 2 ? [] : entries.flatMap((entry, i) => legendRow(starts[i]!, 38, entry, i)),
    width: Math.max(plot.left + plot.width + plot.right, ...starts.map((start, i) => start + lengths[i]!)),
    height: plot.top + plot.height + plot.bottom,
  };
}

type Frame = { readonly across: Scale; readonly up: Scale; readonly labelAt: number };

/** `labelAt`: height of the names of upright lines. */
function drawMark(mark: Mark, plot: Plot, { across, up, labelAt }: Frame): string[] {
  const dashed = { stroke: ink.plain, "stroke-dasharray": "4 3" };
  const words = { fill: ink.plain, "font-size": 10 };
  if ("y" in mark) {
    if (!up.holds(mark.y)) return [];
    const y = up.at(mark.y);
    return [
      element("line", { x1: plot.left, x2: plot.left + plot.width, y1: y, y2: y, ...dashed }),
      text(plot.left + 4, y < plot.top + 14 ? y + 12 : y - 4, mark.label, words),
    ];
  }
  if (!across.holds(mark.x)) return [];
  const x = across.at(mark.x);
  const isLeft = x < plot.left + plot.width / 2;
  return [
    element("line", { x1: x, x2: x, y1: plot.top, y2: plot.top + plot.height, ...dashed }),
    text(x + (isLeft ? 4 : -4), labelAt, mark.label, { "text-anchor": isLeft ? "start" : "end", ...words }),
  ];
}

interface Scale {
  readonly marks: readonly number[];
  readonly at: (value: number) => number;
  readonly holds: (value: number) => boolean;
}

function scaleOf(axis: Axis, values: readonly number[], place: (share: number) => number): Scale {
  const usable = values.filter((value) => Math.abs(value) <= largest && (!axis.log || value >= 1 / largest));
  const ends = usable.reduce(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), {
    low: Infinity,
    high: -Infinity,
  });
  const given = { low: axis.low ?? ends.low, high: axis.high ?? ends.high };
  const { low, high } = widened(given, axis.log ?? false);
  const bend = axis.log ? Math.log10 : (value: number): number => value;
  return {
    marks: axis.log ? logTicks(low, high) : axis.whole ? wholeTicks(low, high, 6) : ticks(low, high, 6),
    at: (value) => place((bend(value) - bend(low)) / (bend(high) - bend(low))),
    holds: (value) => value >= low && value <= high,
  };
}

/** Values beyond this size, and on a logarithmic axis below its inverse, are left out: their differences could not be computed. */
const largest = 1e150;

/** Ends that differ enough to be told apart, even where all values are one or there is none. */
function widened({ low, high }: { low: number; high: number }, log: boolean): { low: number; high: number } {
  if (high - low > Math.max(1e-9 * Math.max(Math.abs(low), Math.abs(high)), 1 / largest)) return { low, high };
  if (!Number.isFinite(low)) return log ? { low: 1, high: 10 } : { low: 0, high: 1 };
  if (log) return { low: low / 2, high: high * 2 };
  const room = Math.abs(low) > 1 / largest ? Math.abs(low) / 2 : 0.5;
  return { low: low - room, high: high + room };
}

const verticalMark = (plot: Plot, x: number, label: string): string[] => [
  element("line", { x1: x, y1: plot.top, x2: x, y2: plot.top + plot.height, stroke: ink.faint }),
  text(x, plot.top + plot.height + 16, label, { "text-anchor": "middle", fill: ink.plain }),
];

const horizontalMark = (plot: Plot, y: number, label: string): string[] => [
  element("line", { x1: plot.left, y1: y, x2: plot.left + plot.width, y2: y, stroke: ink.faint }),
  text(plot.left - 6, y + 4, label, { "text-anchor": "end", fill: ink.plain }),
];

/** An area without an outline; what is outside the frame, or not finite, is left out. */
function bandOf({ band = [] }: Series, across: Scale, up: Scale, index: number): string {
  const within = band.filter(([x, low, high]) => across.holds(x) && up.holds(low) && up.holds(high));
  if (within.length < 2) return "";
  const place = (x: number, y: number): string => `${across.at(x).toFixed(1)} ${up.at(y).toFixed(1)}`;
  const there = within.map(([x, , high]) => place(x, high));
  const back = within.map(([x, low]) => place(x, low)).reverse();
  const fill = lineColors[index % lineColors.length]!;
  return element("path", { d: `M${[...there, ...back].join("L")}Z`, fill, "fill-opacity": 0.18, stroke: "none" });
}

const paleness = 0.4;

/** One path; a point outside the frame, or not finite, interrupts it, and a point alone is a dot. */
function curve({ points, pale }: Series, across: Scale, up: Scale, index: number): string {
  const color = lineColors[index % lineColors.length]!;
  const dash = lineDashes[Math.floor(index / lineColors.length) % lineDashes.length];
  const runs: string[][] = [[]];
  for (const [x, y] of points)
    if (across.holds(x) && up.holds(y)) runs.at(-1)!.push(`${across.at(x).toFixed(1)} ${up.at(y).toFixed(1)}`);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  const dots = runs.filter((run) => run.length === 1).map(([at]) => dot(at!, color));
  const lines = runs.filter((run) => run.length > 1).map((run) => `M${run.join("L")}`);
  if (lines.length === 0) return dots.join("");
  const path = element("path", {
    d: lines.join(""),
    fill: "none",
    stroke: color,
    "stroke-width": 1.6,
    "stroke-linejoin": "round",
    "stroke-dasharray": dash,
    "stroke-opacity": pale ? paleness : undefined,
  });
  return [path, ...dots].join("");
}

function dot(at: string, fill: string): string {
  const [cx, cy] = at.split(" ");
  return element("circle", { cx, cy, r: 2.5, fill });
}

function legendRow(x: number, y: number, { name, pale }: Entry, index: number): string[] {
  const line = {
    stroke: lineColors[index % lineColors.length]!,
    "stroke-width": 2,
    "stroke-dasharray": lineDashes[Math.floor(index / lineColors.length) % lineDashes.length],
    "stroke-opacity": pale ? paleness : undefined,
  };
  return [
    element("line", { x1: x, y1: y, x2: x + legend.line, y2: y, ...line }),
    text(x + legend.line + 6, y + 4, name),
  ];
}
