// Tables beside an evaluation's main figures: the models of an ensemble, and what each further crop gains.
import type { Summary } from "../evaluate/metrics.ts";
import type { EvaluationResult } from "../results/evaluation-result.ts";
import { gainCurve } from "../results/summaries.ts";
import { formatTable } from "./print.ts";

const header = ["top-1", "top-5", "loss"];
const cells = ({ top1, top5, loss }: Summary): string[] => [
  `${(100 * top1.value).toFixed(2)}%`,
  `${(100 * top5.value).toFixed(2)}%`,
  loss.toFixed(4),
];

/** Each result alone, then the models of the first two, three ... together; nothing for a single one. */
export function ensembleTable({ alone, prefixes }: EvaluationResult): string[] {
  if (alone.length < 2) return [];
  const names = shortNames(alone.map(({ path, models }) => (models.length === 1 ? models[0]!.path : path)));
  const rows = [
    ...alone.map(({ models, summary }, i) => [
      models.length === 1 ? names[i]! : `${names[i]} (${models.length} models)`,
      ...cells(summary),
    ]),
    ...prefixes.slice(1).map(({ models, summary }) => [`the first ${models} together`, ...cells(summary)]),
  ];
  return [formatTable(["model", ...header], rows)];
}

/** The figures of the first crops alone; nothing where they are not known. */
export function gainTable({ scores }: EvaluationResult): string[] {
  const rows = gainCurve(scores).map(({ crops, summary }) => [crops, ...cells(summary)]);
  return rows.length === 0 ? [] : [formatTable(["crops", ...header], rows)];
}

/** The paths without the folders that all begin with and all end with; whole where nothing else is left of one. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split("/"));
  const common = (from: (path: string[], i: number) => string | undefined): number => {
    const most = Math.min(...parts.map(({ length }) => length)) - 1;
    const differs = Array.from({ length: most }, (_, i) => new Set(parts.map((path) => from(path, i))).size > 1);
    return differs.includes(true) ? differs.indexOf(true) : most;
  };
  const [start, end] = [common((path, i) => path[i]), common((path, i) => path.at(-1 - i))];
  const short = parts.map((path) => path.slice(start, path.length - end).join("/"));
  return short.includes("") ? [...paths] : short;
}
