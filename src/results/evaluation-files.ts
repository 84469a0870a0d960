// What an evaluation leaves in its folder.
import { writeSaved } from "../evaluate/saved.ts";
import { confusionMap } from "../report/confusion-map.ts";
import { toCsv } from "../report/csv.ts";
import { reliabilityDiagram } from "../report/reliability-diagram.ts";
import type { Confusion } from "../statistics/confusion.ts";
import type { Mistake } from "../statistics/mistakes.ts";
import { curveFiles } from "./curve-files.ts";
import { jsonText } from "./document.ts";
import { evaluationDocument } from "./evaluation-document.ts";
import type { EvaluationResult } from "./evaluation-result.ts";
import { type FileWriters, writeFiles } from "./files.ts";
import { predictionLines } from "./prediction-lines.ts";

/** All but the stored scores; summary.json, which says that the evaluation is whole, is the last. */
export const evaluationFiles: FileWriters<EvaluationResult> = {
  "predictions.jsonl": predictionLines,
  "confusion.csv": ({ figures }) => toCsv(confusionRows(figures.confusion)),
  "confusion.svg": ({ figures: { confusion }, summary, scores }) =>
    confusion.classes.length > mostMatrix
      ? undefined
      : confusionMap(
          confusion,
          `Confusion matrix of ${summary.n.toLocaleString("en-US")} pictures`,
          scores.protocol.models.map(({ path }) => path).join(" + "),
        ),
  "reliability.svg": ({ figures: { calibration }, summary }) =>
    reliabilityDiagram(calibration.bins, {
      title: `Reliability over ${summary.n.toLocaleString("en-US")} pictures`,
      expectedCalibrationError: calibration.expectedCalibrationError,
    }),
  ...curveFiles,
  "mistakes.csv": ({ figures }) => toCsv(mistakeRows(figures.mistakes)),
  "summary.json": (result) => jsonText(evaluationDocument(result)),
};

/** Writes the stored scores, then the table above. */
export function writeResult(folder: string, result: EvaluationResult): void {
  writeSaved(folder, result.scores);
  writeFiles(folder, evaluationFiles, result);
}

/** More classes than this have no matrix in confusion.csv, whose zeros would fill megabytes, and no map. */
const mostMatrix = 1000;

/** A row for each label and a column for each class predicted; of very many classes, a row for each cell that is not zero. */
function confusionRows({ classes, cells }: Confusion): (string | number)[][] {
  if (classes.length > mostMatrix)
    return [
      ["label", "predicted", "pictures"],
      ...cells.map(({ label, predicted, count }) => [classes[label]!, classes[predicted]!, count]),
    ];
  const rows = classes.map((name) => [name, ...new Array<number>(classes.length).fill(0)]);
  for (const { label, predicted, count } of cells) rows[label]![predicted + 1] = count;
  return [["label \\ predicted", ...classes], ...rows];
}

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
