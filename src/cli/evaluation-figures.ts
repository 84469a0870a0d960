// The figures of an evaluation on the terminal: lines below its errors, and tables.
import { counted } from "../counted.ts";
import type { Figures } from "../results/figures.ts";
import { calibrationBins } from "../statistics/calibration.ts";
import type { ClassFigures } from "../statistics/confusion.ts";
import { showsTop5 } from "../statistics/guessing.ts";
import type { Interval } from "../statistics/interval.ts";
import type { Mistake } from "../statistics/mistakes.ts";
import { formatTable } from "./print.ts";

/** Lines below the errors. */
export function figureLines(figures: Figures): string[] {
  const { confusion, macro, matthews, separation, intervals, calibration, temperature, groups, without } = figures;
  return [
    `macro      precision ${percent(macro.precision)}, recall ${percent(macro.recall)}, ` +
      `F1 ${percent(macro.f1)} (95%: ${ends(intervals.macroF1)})`,
    `MCC        ${matthews.toFixed(4)}  (95%: ${intervals.matthews.low.toFixed(4)} to ${intervals.matthews.high.toFixed(4)})`,
    `AUC        ${separation.macro.auc?.toFixed(4) ?? "-"}  (mean over the classes, each against the rest)`,
    `Brier      ${calibration.brier.toFixed(4)}`,
    `ECE        ${percent(calibration.expectedCalibrationError)}  ` +
      `(${calibrationBins} bins; 95%: ${ends(intervals.expectedCalibrationError)})`,
    ...(temperature ? [temperatureLine(temperature)] : []),
    ...(groups ? groupLines(groups, confusion.classes.length) : []),
    ...(without
      ? [
          `blacklist  ${counted(without.leftOut, "picture")} on ${without.file}; without them, of ${without.summary.n}: ` +
            `top-1 ${percent(without.summary.top1.value, 2)}` +
            (showsTop5(confusion.classes.length) ? `, top-5 ${percent(without.summary.top5.value, 2)}` : ""),
        ]
      : []),
  ];
}

const groupLines = ({ file, groups, intervals }: NonNullable<Figures["groups"]>, classes: number): string[] => [
  `groups     ${groupUnits(groups, file)}; 95%:`,
  `           top-1 ${ends(intervals.top1, 2)}${showsTop5(classes) ? `, top-5 ${ends(intervals.top5, 2)}` : ""}, ` +
    `macro F1 ${ends(intervals.macroF1)}`,
];

/** Below it intervals over groups are known to be too narrow: Cameron, Gelbach and Miller, Rev. Econ. Stat. 90 (2008), speak of five to thirty. */
const fewGroups = 30;
export const groupUnits = (groups: number, file: string): string =>
  `${groups} of ${file} for units${groups < fewGroups ? ` (fewer than ${fewGroups}: too narrow)` : ""}`;

const temperatureLine = ({
  temperature,
  atLimit,
  fittedOn,
  judgedOn,
  before,
  after,
}: NonNullable<Figures["temperature"]>): string =>
  `temperature  ${temperature.toPrecision(4)}${atLimit ? " (the end of the range)" : ""}, fitted on ${fittedOn}; ` +
  `on the other ${judgedOn}: loss ${before.negativeLogLikelihood.toFixed(4)} to ${after.negativeLogLikelihood.toFixed(4)}, ` +
  `ECE ${percent(before.expectedCalibrationError)} to ${percent(after.expectedCalibrationError)}`;

/** More classes than this are cut down to the worst. */
const longestTable = 40;

/** Figures for each class of the set, `among` (the worst of very many), the commonest confusions, the worst mistakes. */
export function figureTables({ classes: all, confused, mistakes }: Figures, among?: readonly string[]): string[] {
  const classes = among ? all.filter(({ name }) => among.includes(name)) : all;
  const isCut = classes.length > longestTable;
  const shown = isCut ? [...classes].sort(byF1).slice(0, longestTable) : classes;
  return [
    `${isCut ? `the ${longestTable} classes of least F1; all are in summary.json\n` : ""}${classTable(shown)}`,
    ...(confused.length > 0 ? [confusedTable(confused)] : []),
    ...(mistakes.length > 0 ? [mistakeTable(mistakes.slice(0, 5))] : []),
  ];
}

const byF1 = (a: ClassFigures, b: ClassFigures): number => (a.f1 ?? 2) - (b.f1 ?? 2);

const classTable = (classes: readonly ClassFigures[]): string =>
  formatTable(
    ["class", "pictures", "right", "precision", "recall", "F1"],
    classes.map(({ name, n, correct, precision, recall, f1 }) => [
      name,
      n,
      correct,
      percent(precision),
      percent(recall),
      percent(f1),
    ]),
  );

const confusedTable = (confused: Figures["confused"]): string =>
  formatTable(
    ["label", "taken for", "pictures", "of the class"],
    confused.map(({ label, predicted, count, share }) => [label, predicted, count, percent(share)]),
  );

const mistakeTable = (mistakes: readonly Mistake[]): string =>
  formatTable(
    ["worst mistakes", "label", "taken for", "with"],
    mistakes.map(({ name, label, predicted, predictedProbability }) => [
      name,
      label,
      predicted,
      percent(predictedProbability),
    ]),
  );

const ends = ({ low, high }: Interval, digits = 1): string =>
  `${(100 * low).toFixed(digits)} to ${(100 * high).toFixed(digits)}`;

const percent = (share: number | null, digits = 1): string =>
  share === null ? "-" : `${(100 * share).toFixed(digits)}%`;
