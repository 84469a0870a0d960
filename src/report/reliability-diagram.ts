// A reliability diagram in SVG: share right over stated confidence, with the number of pictures in each bin below.
import type { Bin } from "../statistics/calibration.ts";
import { element, ink, page, text } from "./svg.ts";

const plot = { left: 56, top: 40, side: 320 } as const;
const histogram = { top: 392, height: 60 } as const;
const colors = { accuracy: "#9fd3f2", level: "#0072b2", gap: "#f6cdb0", edge: "#d55e00", count: "#9aa5af" } as const;

/** Bars reach the accuracy, a thick line; the gap to the bin's mean confidence is outlined; the fewer pictures, the paler. On the diagonal a model is calibrated. */
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

/** Opacity of a bin, of its share of the fullest one's pictures: a picture alone is seen, and does not look like a hundred. */
const weight = (share: number): number => 0.15 + 0.85 * Math.sqrt(share);
const gapLook = { fill: colors.gap, stroke: colors.edge } as const;
const levelLook = { stroke: colors.level, "stroke-width": 3 } as const;

const xOf = (share: number): number => plot.left + share * plot.side;
const yOf = (share: number): number => plot.top + (1 - share) * plot.side;

function drawBin({ low, high, count, confidence, accuracy }: Bin, most: number): string {
  const [x, width] = [xOf(low) + 1, xOf(high) - xOf(low) - 2];
  const [upper, lower] = [Math.max(accuracy!, confidence!), Math.min(accuracy!, confidence!)];
  const tall = (count / most) * histogram.height;
  return [
    element(
      "g",
      { opacity: weight(count / most) },
      [
        element("rect", { x, y: yOf(accuracy!), width, height: accuracy! * plot.side, fill: colors.accuracy }),
        element("rect", { x, y: yOf(upper), width, height: (upper - lower) * plot.side, ...gapLook }),
        element("line", { x1: x, x2: x + width, y1: yOf(accuracy!), y2: yOf(accuracy!), ...levelLook }),
      ].join(""),
    ),
    element("rect", { x, y: histogram.top + histogram.height - tall, width, height: tall, fill: colors.count }),
  ].join("");
}

const vertical = (y: number, words: string): string =>
  text(0, 0, words, { "text-anchor": "middle", transform: `translate(16 ${y}) rotate(-90)` });

const key = (x: number, y: number, error: number): string[] => [
  element("rect", { x, y: y - 9, width: 12, height: 10, fill: colors.accuracy }),
  element("line", { x1: x, x2: x + 12, y1: y - 8, y2: y - 8, ...levelLook }),
  text(x + 18, y, "accuracy"),
  element("rect", { x, y: y + 9, width: 12, height: 10, ...gapLook }),
  text(x + 18, y + 18, "gap to confidence"),
  element("line", { x1: x, x2: x + 12, y1: y + 32, y2: y + 32, stroke: ink.plain, "stroke-dasharray": "5 4" }),
  text(x + 18, y + 36, "calibrated"),
  ...[0.1, 0.5, 1].flatMap((share, i) => [
    element("rect", { x: x + 14 * i, y: y + 45, width: 12, height: 10, fill: colors.accuracy, opacity: weight(share) }),
  ]),
  text(x + 48, y + 54, "few to many"),
  text(x, y + 80, `ECE ${(100 * error).toFixed(2)}%`, { "font-weight": 600 }),
];
