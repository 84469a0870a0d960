// A reliability diagram in SVG: share right over stated confidence, with the number of pictures in each bin below.
import type { Bin } from "../statistics/calibration.ts";
import { element, ink, page, text } from "./svg.ts";

const plot = { left: 56, top: 40, side: 320 } as const;
const histogram = { top: 392, height: 60 } as const;
const colors = { accuracy: "#56b4e9", gap: "#d55e00", count: "#9aa5af" } as const;

/** Bars reach the accuracy; the gap to the bin's mean confidence is outlined. On the diagonal a model is calibrated. */
export function reliabilityDiagram(
  bins: readonly Bin[],
  { title, expectedCalibrationError }: { title: string; expectedCalibrationError: number },
): string {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const bottom = plot.top + plot.side;
  const right = plot.left + plot.side;
  const marks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return page(right + 150, histogram.top + histogram.height + 44, title, [
    text(12, 20, title, { "font-size": 14, "font-weight": 600 }),
    ...marks.flatMap((value) => [
      element("line", { x1: plot.left, x2: right, y1: yOf(value), y2: yOf(value), stroke: ink.faint }),
      text(plot.left - 6, yOf(value) + 4, String(value), { "text-anchor": "end", fill: ink.plain }),
      text(xOf(value), histogram.top + histogram.height + 14, String(value), {
        "text-anchor": "middle",
        fill: ink.plain,
      }),
    ]),
    ...bins.filter(({ count }) => count > 0).map((bin) => drawBin(bin, most)),
    element("line", {
      x1: plot.left,
      y1: bottom,
      x2: right,
      y2: plot.top,
      stroke: ink.plain,
      "stroke-dasharray": "5 4",
    }),
    element("rect", {
      x: plot.left,
      y: plot.top,
      width: plot.side,
      height: plot.side,
      fill: "none",
      stroke: ink.plain,
    }),
    element("line", {
      x1: plot.left,
      x2: right,
      y1: histogram.top + histogram.height,
      y2: histogram.top + histogram.height,
      stroke: ink.plain,
    }),
    text(plot.left + plot.side / 2, histogram.top + histogram.height + 32, "confidence (largest probability)", {
      "text-anchor": "middle",
    }),
    vertical(plot.top + plot.side / 2, "accuracy"),
    vertical(histogram.top + histogram.height / 2, "pictures"),
    text(plot.left - 6, histogram.top + 8, String(most), { "text-anchor": "end", fill: ink.plain }),
    ...key(right + 16, plot.top + 10, expectedCalibrationError),
  ]);
}

const xOf = (share: number): number => plot.left + share * plot.side;
const yOf = (share: number): number => plot.top + (1 - share) * plot.side;

function drawBin({ low, high, count, confidence, accuracy }: Bin, most: number): string {
  const [x, width] = [xOf(low) + 1, xOf(high) - xOf(low) - 2];
  const [upper, lower] = [Math.max(accuracy!, confidence!), Math.min(accuracy!, confidence!)];
  const tall = (count / most) * histogram.height;
  return [
    element("rect", { x, y: yOf(accuracy!), width, height: accuracy! * plot.side, fill: colors.accuracy }),
    element("rect", {
      x,
      y: yOf(upper),
      width,
      height: (upper - lower) * plot.side,
      fill: colors.gap,
      "fill-opacity": 0.18,
      stroke: colors.gap,
    }),
    element("rect", { x, y: histogram.top + histogram.height - tall, width, height: tall, fill: colors.count }),
  ].join("");
}

const vertical = (y: number, words: string): string =>
  text(0, 0, words, { "text-anchor": "middle", transform: `translate(16 ${y}) rotate(-90)` });

const key = (x: number, y: number, error: number): string[] => [
  element("rect", { x, y: y - 9, width: 12, height: 10, fill: colors.accuracy }),
  text(x + 18, y, "accuracy"),
  element("rect", {
    x,
    y: y + 9,
    width: 12,
    height: 10,
    fill: colors.gap,
    "fill-opacity": 0.18,
    stroke: colors.gap,
  }),
  text(x + 18, y + 18, "gap to confidence"),
  text(x, y + 44, `ECE ${(100 * error).toFixed(2)}%`, { "font-weight": 600 }),
];
