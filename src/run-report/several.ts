// The report of several runs: their curves over each other, their accuracies, and whether they can be told apart.
import { UserError } from "../errors.ts";
import { readSaved } from "../evaluate/saved.ts";
import { drawing, type Html, html, name, nothing } from "../report/html.ts";
import { intervalChart } from "../report/interval-chart.ts";
import { lineChart, type Series } from "../report/line-chart.ts";
import { htmlPage } from "../report/page.ts";
import { table } from "../report/table.ts";
import { comparisonRemarks, speaksOf } from "../results/comparison-document.ts";
import { compareResults } from "../results/pairing.ts";
import { shortNames } from "../results/short-names.ts";
import { withoutHome } from "../run/info.ts";
import type { JudgedPair } from "../statistics/comparison.ts";
import { type Rate, rate } from "../statistics/interval.ts";
import { trainingCurve } from "./curves.ts";
import { evaluationsOf, readEvaluation } from "./evaluation.ts";
import type { ValidationPoint } from "./log.ts";
import { percent } from "./mistakes.ts";
import { durationOf } from "./provenance.ts";
import type { Report } from "./report.ts";
import { type ReportedRun, readRun, secondsOf } from "./run.ts";
import { epochs } from "./verdict.ts";

interface Compared {
  readonly name: string;
  readonly run: ReportedRun;
  /** Its newest evaluation, if there is one. */
  readonly evaluation: string | undefined;
  /** Of its newest evaluation, else of its best validation. */
  readonly top1: Rate | undefined;
}

/** Throws UserError where a record, a config or an evaluation cannot be read. */
export async function severalReport(paths: readonly string[]): Promise<Report> {
  const runs: Compared[] = [];
  const names = shortNames(paths.map(withoutHome));
  for (const [i, path] of paths.entries()) runs.push(await read(path, names[i]!));
  const remarks: string[] = [];
  const verdicts = runs.slice(1).flatMap((other) => compare(runs[0]!, other, remarks));
  const body = html`<header><h1>${runs.length} runs</h1><p class="plain">${runs.map((one, i) => html`${i > 0 && ", "}${name(one.name)}`)}</p></header>
<main><section class="verdict" id="verdict"><h2>Are they different?</h2>
${verdicts.map((one) => html`<p>${one}</p>`)}
${remarks.length > 0 && html`<ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}</section>
${accuracies(runs)}
${curves(runs)}</main>`;
  return {
    text: htmlPage(`Report of ${runs.length} runs`, body),
    evaluation: undefined,
    pictures: 0,
    drawings: {},
    remarks,
  };
}

async function read(path: string, name: string): Promise<Compared> {
  const run = await readRun(path);
  const evaluation = evaluationsOf(path)[0];
  const { best } = run.log;
  const found = evaluation === undefined ? undefined : readEvaluation(evaluation).summary.top1;
  return {
    name,
    run,
    evaluation,
    top1: found
      ? { value: found.accuracy, interval: found.interval95 }
      : best && rate(best.judged.top1 * best.n, best.n),
  };
}

/** The verdict of `inception compare` on their newest evaluations; where there is none it is a remark, why. */
function compare(a: Compared, b: Compared, remarks: string[]): Html[] {
  if (a.evaluation === undefined || b.evaluation === undefined) {
    const missing = a.evaluation === undefined ? a : b;
    remarks.push(`${missing.name} has no evaluation to compare: inception eval makes one.`);
    return [];
  }
  try {
    const [first, second] = [readSaved(a.evaluation), readSaved(b.evaluation)];
    const { top1 } = compareResults(first, second);
    for (const remark of [speaksOf([first, second]), ...comparisonRemarks([first, second])])
      if (!remarks.includes(remark)) remarks.push(remark);
    return [html`${name(a.name)} (A) and ${name(b.name)} (B): ${judged(top1)}`];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    remarks.push(withoutHome(`${error.message}.`));
    return [];
  }
}

const judged = ({ difference, interval, p, verdict }: JudgedPair): Html =>
  html`<strong>${verdict}</strong>; A - B = ${points(difference)} points of top-1 (95%: ${points(interval.low)} to ${points(interval.high)}), McNemar's exact p = ${p < 0.0001 ? "<0.0001" : p.toFixed(4)}.`;

const points = (share: number): string => `${share >= 0 ? "+" : ""}${(100 * share).toFixed(2)}`;

function accuracies(runs: readonly Compared[]): Html {
  const drawn = runs.flatMap(({ name, top1 }) =>
    top1 ? [{ name, value: 100 * top1.value, low: 100 * top1.interval.low, high: 100 * top1.interval.high }] : [],
  );
  return html`<section id="accuracies"><h2>Accuracies</h2>
${drawn.length > 0 && drawing(intervalChart("Top-1 with 95% intervals", "top-1 (%)", drawn))}
${table({
  caption: "Runs; top-1 is of the newest evaluation, else of the best validation",
  columns: [
    { head: "run" },
    { head: "top-1", number: true },
    { head: "95%", number: true },
    { head: "of" },
    { head: "least validation loss", number: true },
    { head: "best epoch", number: true },
    { head: "network" },
    { head: "duration", number: true },
  ],
  rows: runs.map(({ name: words, run: { log, experiment, info }, evaluation, top1 }) => [
    name(words),
    top1 ? { show: percent(top1.value), by: top1.value } : "",
    top1 ? `${percent(top1.interval.low)} to ${percent(top1.interval.high)}` : "",
    evaluation === undefined ? "validation" : "evaluation",
    log.validations.length > 0 ? leastLoss(log.validations).toFixed(4) : "",
    log.best ? epochs(log.best.epoch) : "",
    experiment.network.name,
    { show: durationOf(secondsOf(info)), by: secondsOf(info) },
  ]),
  sortable: true,
})}</section>`;
}

const leastLoss = (validations: readonly ValidationPoint[]): number =>
  Math.min(...validations.map(({ judged }) => judged.loss));

function curves(runs: readonly Compared[]): Html {
  const of = (points: (run: ReportedRun) => Series["points"]): Series[] =>
    runs.map(({ name, run }) => ({ name, points: points(run) })).filter(({ points }) => points.length > 0);
  const validated = (value: (judged: ValidationPoint["judged"]) => number) =>
    of(({ log }) => log.validations.map(({ epoch, judged }) => [epoch, value(judged)] as const));
  const charts = [
    { title: "Validation accuracy", y: { label: "top-1 (%)" }, series: validated(({ top1 }) => 100 * top1) },
    { title: "Validation loss", y: { label: "cross-entropy" }, series: validated(({ loss }) => loss) },
    {
      title: "Training loss (as each defines it)",
      y: { label: "loss" },
      series: of(({ log }) => trainingCurve(log, ({ loss }) => loss)),
    },
    {
      title: "Learning rate",
      y: { label: "rate" },
      series: of(({ log }) => trainingCurve(log, ({ learningRate }) => learningRate)),
    },
  ].filter(({ series }) => series.length > 0);
  return charts.length === 0
    ? nothing
    : html`<section id="curves"><h2>Curves</h2><p class="plain">Of the averaged weights where a run has them.</p>
${charts.map((chart) => drawing(lineChart({ ...chart, x: { label: "epoch", low: 0 } })))}</section>`;
}
