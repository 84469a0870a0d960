// Tables beside an evaluation's main figures: the models of an ensemble, and what each further crop gains.
import type { Summary } from "../evaluate/metrics.ts";
import type { EvaluationResult } from "../results/evaluation-result.ts";
import { shortNames } from "../results/short-names.ts";
import { gainCurve } from "../results/summaries.ts";
import { showsTop5 } from "../statistics/guessing.ts";
import { formatTable } from "./print.ts";

/** Columns of figures for so many classes. */
const header = (classes: number): string[] => ["top-1", ...(showsTop5(classes) ? ["top-5"] : []), "loss"];
const cells = (classes: number, { top1, top5, loss }: Summary): string[] => [
  percent(top1.value),
  ...(showsTop5(classes) ? [percent(top5.value)] : []),
  loss.toFixed(4),
];
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** Each result alone, then the models of the first two, three ... together; nothing for a single one. */
export function ensembleTable({ alone, prefixes, scores }: EvaluationResult): string[] {
  const classes = scores.classes.length;
  if (alone.length < 2) return [];
  const paths = alone.map(({ path, models }) => (models.length === 1 ? models[0]!.path : path));
  // One checkpoint seen in two ways is told by its results.
  const names = shortNames(new Set(paths).size === paths.length ? paths : alone.map(({ path }) => path));
  const rows = [
    ...alone.map(({ models, summary }, i) => [
      models.length === 1 ? names[i]! : `${names[i]} (${models.length} models)`,
      ...cells(classes, summary),
    ]),
    ...prefixes.slice(1).map(({ models, summary }) => [`the first ${models} together`, ...cells(classes, summary)]),
  ];
  return [formatTable(["model", ...header(classes)], rows)];
}

/** The figures of the first crops alone; nothing where they are not known. */
export function gainTable({ scores }: EvaluationResult): string[] {
  const classes = scores.classes.length;
  const rows = gainCurve(scores).map(({ crops, summary }) => [crops, ...cells(classes, summary)]);
  return rows.length === 0 ? [] : [formatTable(["crops", ...header(classes)], rows)];
}
