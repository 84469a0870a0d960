// Figures with their intervals, one below the other on one axis: an ablation's rows, or several runs.
import { element, ink, lineColors, page, shorten, text, widthOf } from "./svg.ts";
import { tickLabel, ticks } from "./ticks.ts";

export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const row = 24;
const longestName = 40;
const width = 420;

/** The dashed line stands at the first row's value. */
export function intervalChart(title: string, axis: string, rows: readonly IntervalRow[]): string {
  const names = rows.map(({ name }) => shorten(name, longestName));
  const left = 16 + Math.max(40, ...names.map((name) => widthOf(name)));
  const [low, high] = endsOf(rows);
  const x = (value: number): number => left + ((value - low) / (high - low)) * width;
  const [top, bottom] = [36, 36 + row * rows.length];
  return page(left + width + 24, bottom + 44, title, [
    text(8, 20, title, { "font-size": 14, "font-weight": 600 }),
    ...ticks(low, high, 6).flatMap((value) => [
      element("line", { x1: x(value), x2: x(value), y1: top, y2: bottom, stroke: ink.faint }),
      text(x(value), bottom + 16, tickLabel(value), { "text-anchor": "middle", fill: ink.plain }),
    ]),
    text(left + width / 2, bottom + 36, axis, { "text-anchor": "middle" }),
    ...(rows[0] === undefined
      ? []
      : [
          element("line", {
            ...{ x1: x(rows[0].value), x2: x(rows[0].value), y1: top, y2: bottom },
            ...{ stroke: ink.plain, "stroke-dasharray": "4 3" },
          }),
        ]),
    ...rows.flatMap((one, i) => {
      const y = top + row * (i + 0.5);
      return [
        text(left - 8, y + 4, names[i]!, { "text-anchor": "end" }),
        element("line", {
          ...{ x1: x(one.low), x2: x(one.high), y1: y, y2: y },
          ...{ stroke: lineColors[0], "stroke-width": 2 },
        }),
        element("circle", { cx: x(one.value), cy: y, r: 4, fill: lineColors[0] }),
      ];
    }),
  ]);
}

function endsOf(rows: readonly IntervalRow[]): [low: number, high: number] {
  const [low, high] = [Math.min(...rows.map((one) => one.low)), Math.max(...rows.map((one) => one.high))];
  // So short an axis would not tell its ends apart.
  const least = 1e-12 * Math.max(1, Math.abs(low), Math.abs(high));
  if (!(high - low > least)) return Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const room = (high - low) / 20;
  return [low - room, high + room];
}
