// Curves of a result as tables and drawings: ROC, precision over recall, risk over coverage.
import { toCsv } from "../report/csv.ts";
import { lineChart, type Series } from "../report/line-chart.ts";
import { lineColors } from "../report/svg.ts";
import { type CurvePoint, curveOf, type Thresholds, thresholdsOf } from "../statistics/one-vs-rest.ts";
import type { Scores } from "../statistics/scores.ts";
import type { EvaluationResult } from "./evaluation-result.ts";
import type { FileWriters } from "./files.ts";

/** More classes than this have no curves in files, only their areas; more than two lines to a colour are not drawn. */
const most = { classes: 100, lines: 2 * lineColors.length, thresholds: 200 } as const;

export const curveFiles: FileWriters<EvaluationResult> = {
  "roc.csv": ({ scores }) => table(scores, curves.roc),
  "roc.svg": ({ scores }) => drawing(scores, curves.roc),
  "pr.csv": ({ scores }) => table(scores, curves.pr),
  "pr.svg": ({ scores }) => drawing(scores, curves.pr),
  "risk-coverage.csv": ({ figures: { selective } }) =>
    toCsv([
      ["coverage", "confidence", "risk"],
      ...selective.curve.map(({ coverage, confidence, risk }) => [coverage, confidence, risk]),
    ]),
  "risk-coverage.svg": ({ figures: { selective } }) =>
    lineChart({
      title: `Risk over coverage (AURC ${(100 * selective.areaUnderRisk).toFixed(2)}%)`,
      x: { label: "pictures answered, the most certain first (%)", low: 0, high: 100 },
      y: { label: "wrong among them (%)", low: 0 },
      series: [
        {
          name: "top-1 error",
          points: selective.curve.map(({ coverage, risk }) => [100 * coverage, 100 * risk] as const),
        },
      ],
    }),
};

type Point = { readonly probability: number | null; readonly x: number; readonly y: number };
type Curve = {
  readonly title: string;
  /** As a column is called, and an axis. */
  readonly x: readonly [column: string, axis: string];
  readonly y: readonly [column: string, axis: string];
  readonly at: (point: CurvePoint, of: Thresholds) => { readonly x: number; readonly y: number };
  /** Where the curve begins and ends, whatever the probabilities. */
  readonly start: readonly Point[];
  readonly end: readonly Point[];
};

const curves = {
  roc: {
    title: "ROC curves, each class against the rest",
    x: ["falsePositiveRate", "share of the others taken for the class"],
    y: ["truePositiveRate", "share of its own taken for it"],
    at: ({ own, others }, { positives, negatives }) => ({ x: others / negatives, y: own / positives }),
    start: [{ probability: null, x: 0, y: 0 }],
    end: [{ probability: null, x: 1, y: 1 }],
  },
  pr: {
    title: "Precision over recall, each class against the rest",
    x: ["recall", "recall: share of its own taken for it"],
    y: ["precision", "precision: share of those taken that are"],
    at: ({ own, others }, { positives }) => ({ x: own / positives, y: own / (own + others) }),
    start: [],
    end: [],
  },
} as const satisfies Readonly<Record<string, Curve>>;

/** A curve for each class that has pictures, and others; undefined of too many classes. */
function curvesOf(scores: Scores, { at, start, end }: Curve, mostClasses: number) {
  if (scores.classes.length > mostClasses) return undefined;
  return thresholdsOf(scores).flatMap((thresholds, k) => {
    if (thresholds.positives === 0 || thresholds.negatives === 0) return [];
    const points = curveOf(thresholds, most.thresholds)
      .filter(({ own, others }) => own + others > 0)
      .map((point): Point => ({ probability: point.probability, ...at(point, thresholds) }));
    return [{ name: scores.classes[k]!, points: [...start, ...points, ...end] }];
  });
}

function table(scores: Scores, curve: Curve): string | undefined {
  const found = curvesOf(scores, curve, most.classes);
  return (
    found &&
    toCsv([
      ["class", "probability", curve.x[0], curve.y[0]],
      ...found.flatMap(({ name, points }) => points.map(({ probability, x, y }) => [name, probability, x, y])),
    ])
  );
}

function drawing(scores: Scores, curve: Curve): string | undefined {
  const { title, x, y } = curve;
  const found = curvesOf(scores, curve, most.lines);
  const series = found?.map(
    ({ name, points }): Series => ({ name, points: points.map((point) => [point.x, point.y] as const) }),
  );
  return (
    series && lineChart({ title, x: { label: x[1], low: 0, high: 1 }, y: { label: y[1], low: 0, high: 1 }, series })
  );
}
