// Whether a model's probabilities mean what they say, and what accepting only the sure ones would give.
import { drawing, type Html, html } from "../report/html.ts";
import { reliabilityDiagram } from "../report/reliability-diagram.ts";
import { table } from "../report/table.ts";
import type { EvaluationDocument } from "../results/evaluation-schema.ts";
import { percent } from "./mistakes.ts";

export function calibrationSection({ calibration, selective, intervals95, data }: EvaluationDocument): Html {
  const { expectedCalibrationError: error, errorByChance, temperature } = calibration;
  return html`<section id="calibration"><h2>Calibration</h2>
<p>${
    error <= errorByChance
      ? `Its probabilities are as good as ${data.evaluated} pictures can tell: an expected calibration error of ${percent(error)}, where a perfectly calibrated model would have up to ${percent(errorByChance)} by chance.`
      : `Its probabilities are ${boldness(calibration.bins)}: the expected calibration error is ${percent(error)} (95%: ${percent(intervals95.expectedCalibrationError.low)} to ${percent(intervals95.expectedCalibrationError.high)}), where a perfectly calibrated model would have up to ${percent(errorByChance)} by chance.`
  }
${
  temperature &&
  html`Logits divided by ${temperature.temperature.toFixed(2)}, fitted on half of the pictures, bring it to ${percent(temperature.after.expectedCalibrationError)} on the other half (${percent(temperature.before.expectedCalibrationError)} before).`
}</p>
<div class="charts">
<div>${drawing(reliabilityDiagram(calibration.bins, { title: "Reliability", expectedCalibrationError: error }))}</div>
<div>${table({
    caption: "Accepting only predictions above a probability",
    columns: [
      { head: "above", number: true },
      { head: "pictures kept", number: true },
      { head: "share", number: true },
      { head: "accuracy", number: true },
      { head: "95%", number: true },
    ],
    rows: selective.accepted.map(({ above, n, share, accuracy, interval95 }) => [
      percent(above),
      n.toLocaleString("en-US"),
      percent(share),
      accuracy === null ? "-" : percent(accuracy),
      interval95 === null ? "-" : `${percent(interval95.low)} to ${percent(interval95.high)}`,
    ]),
  })}
<p class="plain">Area under risk over coverage (AURC): ${percent(selective.areaUnderRisk)}. risk-coverage.svg of the evaluation has the whole curve.</p></div>
</div></section>`;
}

/** By the gap of all bins together. */
function boldness(bins: EvaluationDocument["calibration"]["bins"]): string {
  const gap = bins.reduce(
    (sum, { count, accuracy, confidence }) => sum + count * ((confidence ?? 0) - (accuracy ?? 0)),
    0,
  );
  return gap > 0 ? "too bold" : "too cautious";
}
