// What an evaluation leaves in its folder.
import { writeSaved } from "../evaluate/saved.ts";
import { confusionMap } from "../report/confusion-map.ts";
import { toCsv } from "../report/csv.ts";
import { reliabilityDiagram } from "../report/reliability-diagram.ts";
import type { Confusion } from "../statistics/confusion.ts";
import type { Mistake } from "../statistics/mistakes.ts";
import { jsonText } from "./document.ts";
import { evaluationDocument } from "./evaluation-document.ts";
import type { EvaluationResult } from "./evaluation-result.ts";
import { type FileWriters, writeFiles } from "./files.ts";
import { predictionLines } from "./prediction-lines.ts";

/** All but the stored scores; summary.json, which says that the evaluation is whole, is the last. */
export const evaluationFiles: FileWriters<EvaluationResult> = {
  "predictions.jsonl": predictionLines,
  "confusion.csv": ({ figures }) => toCsv(confusionRows(figures.confusion)),
  "confusion.svg": ({ figures, summary }) =>
    confusionMap(figures.confusion, `Confusion matrix of ${summary.n.toLocaleString("en-US")} pictures`),
  "reliability.svg": ({ figures: { calibration }, summary }) =>
    reliabilityDiagram(calibration.bins, {
      title: `Reliability over ${summary.n.toLocaleString("en-US")} pictures`,
      expectedCalibrationError: calibration.expectedCalibrationError,
    }),
  "mistakes.csv": ({ figures }) => toCsv(mistakeRows(figures.mistakes)),
  "summary.json": (result) => jsonText(evaluationDocument(result)),
};

/** Writes the stored scores, then the table above. */
export function writeResult(folder: string, result: EvaluationResult): void {
  writeSaved(folder, result.scores);
  writeFiles(folder, evaluationFiles, result);
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
