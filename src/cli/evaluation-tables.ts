// Tables beside an evaluation's main figures: the models of an ensemble, and what each further crop gains.
import type { Summary } from "../evaluate/metrics.ts";
import { gainCurve } from "../evaluate/results.ts";
import type { Evaluated } from "./evaluation.ts";
import { formatTable } from "./print.ts";

const header = ["top-1", "top-5", "loss"];
const cells = ({ top1, top5, loss }: Summary): string[] => [
  `${(100 * top1.value).toFixed(2)}%`,
  `${(100 * top5.value).toFixed(2)}%`,
  loss.toFixed(4),
];

/** Each model alone, then the first two, three ... together; nothing for a single model. */
export function ensembleTable({ alone, prefixes }: Evaluated): string[] {
  if (alone.length < 2) return [];
  const rows = [
    ...alone.map(({ model, summary }) => [model.path, ...cells(summary)]),
    ...prefixes.slice(1).map(({ models, summary }) => [`the first ${models} together`, ...cells(summary)]),
  ];
  return [formatTable(["model", ...header], rows)];
}

/** The figures of the first crops alone; nothing where they are not known. */
export function gainTable({ saved }: Evaluated): string[] {
  const rows = gainCurve(saved).map(({ crops, summary }) => [crops, ...cells(summary)]);
  return rows.length === 0 ? [] : [formatTable(["crops", ...header], rows)];
}
