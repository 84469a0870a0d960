// Shares with their intervals as small drawings: a bar in a row of a table, and a ruler with what an accuracy is held against.
import type { Rate } from "../statistics/interval.ts";
import { type Html, html } from "./html.ts";
import { element, ink, lineColors, page, text, widthOf } from "./svg.ts";

/** The value as a bar from 0 to 1 and the interval as a line across its end; the number stands beside it. */
export const intervalBar = ({
  value,
  interval,
}: Rate): Html => html`<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
<rect class="rail" y="3" width="100" height="8"/><rect class="value" y="3" width="${at(value)}" height="8"/>
<line class="interval" x1="${at(interval.low)}" x2="${at(interval.high)}" y1="7" y2="7"/></svg>`;

const at = (share: number): string => (100 * share).toFixed(1);

/** What stands on the ruler beside the accuracy itself. */
export type Reference = { readonly label: string; readonly share: number };

const ruler = { left: 20, width: 560, top: 54 } as const;

/** An axis from 0 to 100% with the accuracy, its interval, and what it is to be held against. */
export function accuracyRuler(rate: Rate, references: readonly Reference[], title: string): string {
  const x = (share: number): number => ruler.left + share * ruler.width;
  const { left, width, top } = ruler;
  return page(left * 2 + width, top + 30 + 16 * references.length, title, [
    element("line", { x1: left, x2: left + width, y1: top, y2: top, stroke: ink.plain }),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => [
      element("line", { x1: x(share), x2: x(share), y1: top - 4, y2: top + 4, stroke: ink.plain }),
      text(x(share), top + 18, `${Math.round(100 * share)}%`, { "text-anchor": "middle", fill: ink.plain }),
    ]),
    element("line", {
      ...{ x1: x(rate.interval.low), x2: x(rate.interval.high), y1: top, y2: top },
      ...{ stroke: lineColors[0], "stroke-width": 8, "stroke-opacity": 0.4 },
    }),
    element("circle", { cx: x(rate.value), cy: top, r: 6, fill: lineColors[0] }),
    text(...beside(x(rate.value), `top-1 ${at(rate.value)}%`, 14), 24, `top-1 ${at(rate.value)}%`, {
      "font-size": 14,
      "font-weight": 600,
    }),
    // From the right, so that no line crosses the words of another.
    ...[...references]
      .sort((a, b) => b.share - a.share)
      .flatMap(({ label, share }, i) => [
        element("line", {
          ...{ x1: x(share), x2: x(share), y1: top - 14, y2: top + 26 + 16 * i },
          ...{ stroke: lineColors[1], "stroke-dasharray": "3 2" },
        }),
        text(...beside(x(share), label, 11, 4), top + 36 + 16 * i, label, { fill: ink.plain }),
      ]),
  ]);
}

/** Where words of this size begin so that they stay on the ruler: in the middle at x, or `right` of it. */
function beside(x: number, words: string, size: number, right?: number): [number] {
  const long = widthOf(words, size);
  const from = right === undefined ? x - long / 2 : x + right;
  return [Math.max(4, Math.min(from, 2 * ruler.left + ruler.width - long - 4))];
}
