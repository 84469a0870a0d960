// Loss and accuracy of every row as it trained: means over the seeds that finished, as SVG.
import { join } from "node:path";
import { lineChart, type Series } from "../report/line-chart.ts";
import { type MetricsLine, metricsLines } from "../run/metrics.ts";
import { runPaths } from "../run/paths.ts";
import type { RowResult } from "./results.ts";

type Point = readonly [epoch: number, value: number];

export type Curve = {
  readonly title: string;
  readonly label: string;
  readonly kind: MetricsLine["kind"];
  readonly value: (line: Drawn) => number;
};

/** Validation is of the averaged weights where there are any, as the evaluation is. */
export const curves = {
  trainingLoss: {
    title: "Training loss (as each row defines it)",
    label: "loss",
    kind: "train",
    value: ({ loss }) => Number(loss),
  },
  validationLoss: {
    title: "Validation loss",
    label: "cross-entropy",
    kind: "validation",
    value: ({ averageLoss, loss }) => Number(averageLoss ?? loss),
  },
  accuracy: {
    title: "Validation accuracy",
    label: "top-1 accuracy (%)",
    kind: "validation",
    value: ({ averageTop1, top1 }) => 100 * Number(averageTop1 ?? top1),
  },
} as const satisfies Readonly<Record<string, Curve>>;

/** Of a line of metrics what is drawn of it: a log may be long. */
type Drawn = Pick<MetricsLine, "kind" | "step" | "epoch" | "loss" | "averageLoss" | "top1" | "averageTop1">;

/** The metrics of a row's finished cells. */
export type RowLogs = { readonly name: string; readonly logs: readonly (readonly Drawn[])[] };

/** What of an ablation's results says where the metrics of its rows are. */
type Logged = { readonly rows: readonly LoggedRow[] };
type LoggedRow = Pick<RowResult, "name"> & {
  readonly cells: readonly { readonly run: string; readonly figures?: unknown }[];
};

/** Of the rows that have a finished cell. */
export const readLogs = (folder: string, { rows }: Logged): RowLogs[] =>
  rows.map((row) => ({ name: row.name, logs: logsOf(folder, row) })).filter(({ logs }) => logs.length > 0);

/** A line for each row, with a band from the lowest to the highest of its seeds; undefined where there is none. */
export function drawCurve({ title, label, kind, value }: Curve, rows: readonly RowLogs[]): string | undefined {
  if (rows.length === 0) return undefined;
  const series = rows.map(({ name, logs }): Series => {
    const seeds = logs.length === 1 ? "1 seed" : `${logs.length} seeds`;
    const curves = logs.map((log) => pointsOf(log, kind, value));
    return { name: `${name} (${seeds})`, points: meanCurve(curves.flat()), band: rangeOf(curves) };
  });
  const averaged = rows.some(({ logs }) => logs.length > 1) ? ", mean and range of the seeds" : "";
  return lineChart({ title: `${title}${averaged}`, x: { label: "epoch", low: 0, whole: true }, y: { label }, series });
}

const logsOf = (folder: string, { cells }: LoggedRow): Drawn[][] =>
  cells
    .filter(({ figures }) => figures !== undefined)
    .map(({ run }) => Array.from(metricsLines(runPaths(join(folder, run)).metrics), drawn));

const drawn = ({ kind, step, epoch, loss, averageLoss, top1, averageTop1 }: MetricsLine): Drawn => ({
  ...{ kind, step, epoch, loss, averageLoss, top1, averageTop1 },
});

/** Validations know their step only; steps to an epoch follow from the lines of training. */
function pointsOf(log: readonly Drawn[], kind: MetricsLine["kind"], value: Curve["value"]): Point[] {
  const last = log.findLast((line) => line.kind === "train");
  const stepsPerEpoch = last ? last.step / Number(last.epoch) : 1;
  return log
    .filter((line) => line.kind === kind)
    .map((line): Point => [line.step / stepsPerEpoch, value(line)])
    .filter(([, found]) => Number.isFinite(found));
}

const mostPoints = 200;

/** Means of the points in each of 200 stretches of the run, so that seeds and neighbouring steps come together. */
export const meanCurve = (points: readonly Point[]): Point[] =>
  [...byStretch(points, lastOf(points)).values()].map(middle);

/** The lowest and the highest of several curves' means in each stretch that all of them have; none of a curve alone. */
export function rangeOf(curves: readonly (readonly Point[])[]): [epoch: number, low: number, high: number][] {
  if (curves.length < 2) return [];
  const last = Math.max(...curves.map(lastOf));
  const each = curves.map((points) => byStretch(points, last));
  return [...each[0]!.keys()].flatMap((stretch): [number, number, number][] => {
    const found = each.map((stretches) => stretches.get(stretch) ?? []);
    if (found.some((points) => points.length === 0)) return [];
    const [epochs, values] = [0, 1].map((i) => found.map((points) => middle(points)[i]!));
    return [[mean(epochs!), Math.min(...values!), Math.max(...values!)]];
  });
}

const lastOf = (points: readonly Point[]): number => points.reduce((last, [epoch]) => Math.max(last, epoch), 0);
const middle = (together: readonly Point[]): Point => [
  mean(together.map(([x]) => x)),
  mean(together.map(([, y]) => y)),
];

function byStretch(points: readonly Point[], last: number): Map<number, Point[]> {
  const stretches = new Map<number, Point[]>();
  for (const point of [...points].sort(([a], [b]) => a - b)) {
    const stretch = last === 0 ? 0 : Math.ceil((point[0] / last) * mostPoints);
    stretches.set(stretch, [...(stretches.get(stretch) ?? []), point]);
  }
  return stretches;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
