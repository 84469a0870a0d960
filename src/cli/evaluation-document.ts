// The document of an evaluation, summary.json, and the files beside it.
import { join } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Figures } from "../evaluate/figures.ts";
import type { Summary } from "../evaluate/metrics.ts";
import { gainCurve } from "../evaluate/results.ts";
import { writeSaved } from "../evaluate/saved.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import { confusionMap } from "../report/confusion-map.ts";
import { toCsv } from "../report/csv.ts";
import { reliabilityDiagram } from "../report/reliability-diagram.ts";
import type { Confusion } from "../statistics/confusion.ts";
import type { Mistake } from "../statistics/mistakes.ts";
import { tieRule } from "../statistics/ranking.ts";
import { backgroundRule } from "../statistics/scores.ts";
import type { Evaluated } from "./evaluation.ts";

/** Keys and meanings: evaluate/summary.ts. */
export function summaryDocument({ saved, summary, source, fresh, alone, prefixes, figures: found }: Evaluated): object {
  const { listed, rejected, protocol, fingerprint } = saved;
  const { crops, average, models } = protocol;
  const { size, precision, resize } = models[0]!;
  const model = fresh
    ? { path: fresh.model.path, step: fresh.model.step, weights: fresh.model.kind, network: fresh.model.options }
    : models[0]!;
  return {
    ...(models.length === 1 ? { model } : {}),
    ...(alone.length > 0 ? { models: alone.map(({ model, summary }) => ({ ...model, ...figures(summary) })) } : {}),
    data: { ...(source === undefined ? {} : { source }), fingerprint, listed, evaluated: summary.n, rejected },
    protocol: {
      crops: cropCounts[crops as Protocol],
      name: crops,
      average,
      ...(fresh && crops === "single" ? { preset: fresh.model.preset } : {}),
      ...(models.length === 1 ? { size, precision, resize } : {}),
      ...(protocol.background ? { background: backgroundRule } : {}),
    },
    ...(fresh ? { speed: speedOf(fresh.speed) } : {}),
    ties: tieRule,
    ...figures(summary),
    ...(found.without ? { blacklist: withoutListed(found.without) } : {}),
    ...(prefixes.length > 0
      ? { prefixes: prefixes.map(({ models, summary }) => ({ models, ...figures(summary) })) }
      : {}),
    ...(saved.gains ? { gains: gainCurve(saved).map(({ crops, summary }) => ({ crops, ...figures(summary) })) } : {}),
    ...figuresDocument(found),
  };
}

const withoutListed = ({ summary, ...about }: NonNullable<Figures["without"]>) => ({
  ...about,
  evaluated: summary.n,
  ...figures(summary),
});
const figures = ({ top1, top5, loss }: Summary) => ({
  top1: { accuracy: top1.value, error: 1 - top1.value, interval95: top1.interval },
  top5: { accuracy: top5.value, error: 1 - top5.value, interval95: top5.interval },
  loss,
});
/** Of the sitting that ended the evaluation; null when an earlier one had done everything. */
const speedOf = ({ crops, seconds }: Evaluation["speed"]) => ({
  crops,
  seconds,
  cropsPerSecond: crops > 0 ? crops / seconds : null,
});

/** Writes the stored result, predictions.jsonl, the figures' files and, last, summary.json. */
export function writeResults(folder: string, result: Evaluated): string {
  const { classes } = result.saved;
  writeSaved(folder, result.saved);
  const lines = result.predictions.map(({ label, top, ...rest }) =>
    JSON.stringify({
      ...rest,
      label: classes[label],
      top: top.map(({ class: index, probability }) => ({ class: classes[index], probability })),
    }),
  );
  replaceDurably(nodeFs, join(folder, "predictions.jsonl"), `${lines.join("\n")}\n`);
  writeFigures(folder, result.figures);
  const summary = JSON.stringify({ schema: "inception.eval/1", ...summaryDocument(result) }, null, 2);
  replaceDurably(nodeFs, join(folder, "summary.json"), `${summary}\n`);
  return folder;
}

const figuresDocument = ({ macro, classes, confused, calibration, temperature, mistakes }: Figures) => ({
  macro,
  classes,
  confused,
  calibration: { ...calibration, temperature },
  mistakes,
});

/** Writes confusion.csv, confusion.svg, reliability.svg and mistakes.csv. */
function writeFigures(folder: string, { confusion, calibration, mistakes }: Figures): void {
  const n = confusion.counts.reduce((sum, count) => sum + count, 0).toLocaleString("en-US");
  const files: Readonly<Record<string, string>> = {
    "confusion.csv": toCsv(confusionRows(confusion)),
    "confusion.svg": confusionMap(confusion, `Confusion matrix of ${n} pictures`),
    "reliability.svg": reliabilityDiagram(calibration.bins, {
      title: `Reliability over ${n} pictures`,
      expectedCalibrationError: calibration.expectedCalibrationError,
    }),
    "mistakes.csv": toCsv(mistakeRows(mistakes)),
  };
  for (const [name, text] of Object.entries(files)) replaceDurably(nodeFs, join(folder, name), text);
}

/** A row for each label, a column for each class predicted. */
const confusionRows = ({ classes, counts }: Confusion): (string | number)[][] => [
  ["label \\ predicted", ...classes],
  ...classes.map((name, i) => [name, ...counts.subarray(i * classes.length, (i + 1) * classes.length)]),
];

const mistakeKeys = [
  "name",
  "label",
  "predicted",
  "labelProbability",
  "predictedProbability",
  "rank",
  "loss",
] as const satisfies readonly (keyof Mistake)[];
const mistakeRows = (mistakes: readonly Mistake[]): (string | number)[][] => [
  [...mistakeKeys],
  ...mistakes.map((mistake) => mistakeKeys.map((key) => mistake[key])),
];
