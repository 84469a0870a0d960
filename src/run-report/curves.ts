// The curves of a run: what it was taught by, how it went, and how fast.
import { meanCurve } from "../ablate/curves.ts";
import { drawing, type Html, html, nothing } from "../report/html.ts";
import { type LineChart, lineChart, type Mark, type Series } from "../report/line-chart.ts";
import { table } from "../report/table.ts";
import type { Log, TrainPoint, ValidationPoint } from "./log.ts";
import { epochs } from "./verdict.ts";

export interface Curved {
  readonly log: Log;
  /** Pictures in a step. */
  readonly batch: number;
  readonly classes: number | undefined;
  /** Steps at which it was resumed, and how many resumes do not say at which. */
  readonly resumed: readonly number[];
  readonly unknownResumes: number;
}

type Point = readonly [epoch: number, value: number];

/** Loss and accuracy as files of their own, larger than on the page; of a run without points none. */
export function curveFiles(run: Curved): Readonly<Record<string, string>> {
  const [loss, accuracy] = chartsOf(run);
  const files = Object.entries({ "loss.svg": loss!, "accuracy.svg": accuracy! }).filter(([, chart]) =>
    hasPoints(chart),
  );
  return Object.fromEntries(files.map(([file, chart]) => [file, lineChart({ ...marked(chart, run), compact: false })]));
}

const hasPoints = ({ series }: LineChart): boolean => series.some(({ points }) => points.length > 0);

const marked = (chart: LineChart, { log, resumed }: Curved): LineChart => ({
  ...chart,
  marks: [
    ...(chart.marks ?? []),
    ...(log.best ? [{ x: log.best.epoch, label: "best" }] : []),
    ...resumed.map((step) => ({ x: step / log.stepsPerEpoch, label: "resumed" })),
  ],
});

export function curvesSection(run: Curved): Html {
  const { log, unknownResumes } = run;
  const charts = chartsOf(run).filter(hasPoints);
  if (charts.length === 0) return nothing;
  return html`<section id="curves"><h2>Curves</h2>
<p class="plain">Over epochs of ${log.stepsPerEpoch.toLocaleString("en-US", { maximumFractionDigits: 1 })} steps; figures of training are means of neighbouring lines of metrics.jsonl.
${unknownResumes > 0 && `It was resumed ${unknownResumes} times at steps that its record does not say.`}</p>
<div class="charts">${charts.map((chart) => drawing(lineChart(marked(chart, run))))}</div>
${validationTable(log.validations)}</section>`;
}

function chartsOf({ log: { training, validations }, batch, classes }: Curved): LineChart[] {
  const last = Math.max(training.at(-1)?.epoch ?? 0, validations.at(-1)?.epoch ?? 0);
  const chart = (
    title: string,
    label: string,
    series: readonly Series[],
    more: Partial<LineChart> = {},
  ): LineChart => ({
    ...{ title, x: { label: "epoch", low: 0, high: last, whole: true }, y: { label }, series, compact: true },
    description: describe(series),
    ...more,
  });
  const guessing: readonly Mark[] = classes === undefined ? [] : [{ y: Math.log(classes), label: "guessing" }];
  const chance: readonly Mark[] = classes === undefined ? [] : [{ y: 100 / classes, label: "chance" }];
  const speed = trainingCurve({ training }, ({ seconds }) => seconds);
  const waited = new Map(
    meanCurve(
      of(
        training.filter(({ seconds }) => Number.isFinite(seconds)),
        (line) => line.waited,
      ),
    ),
  );
  return [
    chart(
      "Loss",
      "cross-entropy",
      [
        { name: "training", points: meanCurve(of(training, ({ loss }) => loss)), pale: true },
        ...byWeights(validations, "validation", ({ loss }) => loss),
      ],
      { y: { label: "cross-entropy", low: 0 }, marks: guessing },
    ),
    chart(
      "Accuracy on the validation pictures",
      "top-1 (%)",
      byWeights(validations, "top-1", ({ top1 }) => 100 * top1),
      { y: { label: "top-1 (%)", low: 0, high: 100 }, marks: chance },
    ),
    chart(
      "Learning rate",
      "rate",
      one(training, ({ learningRate }) => learningRate),
    ),
    chart(
      "Gradient norm",
      "norm before clipping",
      one(training, ({ gradientNorm }) => gradientNorm),
      {
        y: { label: "norm before clipping", log: true },
      },
    ),
    chart(
      "Speed of a step",
      "images/s",
      [{ name: "images/s", points: speed.map(([x, seconds]) => [x, batch / seconds]) }],
      {
        y: { label: "images/s", low: 0 },
      },
    ),
    chart(
      "Waiting for pictures",
      "share of a step (%)",
      [{ name: "waited", points: speed.map(([x, seconds]) => [x, (100 * (waited.get(x) ?? Number.NaN)) / seconds]) }],
      { y: { label: "share of a step (%)", low: 0, high: 100 } },
    ),
  ];
}

const of = (lines: readonly TrainPoint[], value: (line: TrainPoint) => number): Point[] =>
  lines.map((line): Point => [line.epoch, value(line)]).filter(([, found]) => Number.isFinite(found));
const one = (lines: readonly TrainPoint[], value: (line: TrainPoint) => number): Series[] => [
  { name: "training", points: trainingCurve({ training: lines }, value) },
];

/** Over epochs, means of neighbouring lines. */
export const trainingCurve = ({ training }: Pick<Log, "training">, value: (line: TrainPoint) => number): Point[] =>
  meanCurve(of(training, value));

/** The averaged weights first where there are any: the best checkpoint is chosen by them. */
function byWeights(
  validations: readonly ValidationPoint[],
  name: string,
  value: (judged: ValidationPoint["judged"]) => number,
): Series[] {
  const points = (which: "raw" | "average"): Point[] =>
    validations.flatMap((one): Point[] => (one[which] ? [[one.epoch, value(one[which])]] : []));
  const averaged = points("average");
  if (averaged.length === 0) return [{ name, points: points("raw") }];
  return [
    { name: `${name}, averaged weights`, points: averaged },
    { name: `${name}, raw`, points: points("raw") },
  ];
}

const describe = (series: readonly Series[]): string =>
  series
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => {
      const [first, last] = [points[0]!, points.at(-1)!];
      return `${name} from ${first[1].toPrecision(3)} at epoch ${epochs(first[0])} to ${last[1].toPrecision(3)} at epoch ${epochs(last[0])}`;
    })
    .join("; ");

/** More are thinned out, so that a long run does not drown its page. */
const mostRows = 200;

function validationTable(validations: readonly ValidationPoint[]): Html {
  if (validations.length === 0) return nothing;
  const every = Math.ceil(validations.length / mostRows);
  const shown = validations.filter((_, i) => i % every === 0 || i === validations.length - 1);
  const averaged = validations.some(({ average }) => average);
  const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
  return html`<details><summary>Every validation in figures</summary>${table({
    caption: every === 1 ? "Validations" : `Each ${every}th validation; metrics.csv has all`,
    columns: [
      { head: "epoch", number: true },
      { head: "step", number: true },
      ...(averaged
        ? [
            { head: "top-1, averaged", number: true },
            { head: "loss, averaged", number: true },
          ]
        : []),
      { head: averaged ? "top-1, raw" : "top-1", number: true },
      { head: averaged ? "loss, raw" : "loss", number: true },
    ],
    rows: shown.map(({ epoch, step, raw, average }) => [
      epochs(epoch),
      step.toLocaleString("en-US"),
      ...(averaged ? [average ? percent(average.top1) : "", average ? average.loss.toFixed(4) : ""] : []),
      percent(raw.top1),
      raw.loss.toFixed(4),
    ]),
  })}</details>`;
}
