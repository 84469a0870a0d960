// What further looks at each picture bring, and what they cost.
import { drawing, type Html, html, nothing } from "../report/html.ts";
import { lineChart } from "../report/line-chart.ts";
import { table } from "../report/table.ts";
import type { EvaluationDocument } from "../results/evaluation-schema.ts";
import { showsTop5 } from "../statistics/guessing.ts";
import { percent } from "./mistakes.ts";

/** Nothing of an evaluation by one crop. */
export function cropsSection({ gains, speed, classes }: EvaluationDocument): Html {
  if (gains === undefined || gains.length < 2) return nothing;
  const each = speed?.cropsPerSecond ? 1000 / speed.cropsPerSecond : undefined;
  const top5 = showsTop5(classes.length);
  const series = [
    { name: "top-1", points: gains.map(({ crops, top1 }) => [crops, 100 * top1.accuracy] as const) },
    ...(top5 ? [{ name: "top-5", points: gains.map(({ crops, top5 }) => [crops, 100 * top5.accuracy] as const) }] : []),
  ];
  return html`<section id="crops"><h2>Crops</h2>
<p>Accuracy of the first crops alone${each !== undefined && `, and the time that they take, at ${(1000 / each).toFixed(1)} crops/s in this evaluation`}.</p>
<div class="charts">
<div>${drawing(lineChart({ title: "Accuracy by the number of crops", x: { label: "crops", low: 0 }, y: { label: "accuracy (%)" }, series, compact: true }))}</div>
<div>${table({
    caption: "The first so many crops of each picture",
    columns: [
      { head: "crops", number: true },
      { head: "top-1", number: true },
      { head: "95%", number: true },
      ...(top5 ? [{ head: "top-5", number: true }] : []),
      { head: "loss", number: true },
      ...(each === undefined ? [] : [{ head: "ms a picture", number: true }]),
    ],
    rows: gains.map(({ crops, top1, top5: five, loss }) => [
      `${crops}`,
      percent(top1.accuracy),
      `${percent(top1.interval95.low)} to ${percent(top1.interval95.high)}`,
      ...(top5 ? [percent(five.accuracy)] : []),
      loss.toFixed(4),
      ...(each === undefined ? [] : [Math.round(crops * each).toLocaleString("en-US")]),
    ]),
  })}</div>
</div></section>`;
}
