// The result of an evaluation for the terminal.
import type { EvaluationResult } from "../results/evaluation-result.ts";
import type { Rate } from "../statistics/interval.ts";
import { tiesOf } from "../statistics/ranking.ts";
import { computedBy } from "./arithmetic-words.ts";
import { figureLines, figureTables } from "./evaluation-figures.ts";
import { ensembleTable, gainTable } from "./evaluation-tables.ts";

export function describeEvaluation(result: EvaluationResult): string {
  const { scores, summary, figures } = result;
  const { listed, rejected, protocol, fingerprint } = scores;
  const head = [
    ...protocol.models.map(({ path, step, weights }) => `model      ${path} (step ${step}, ${weights} weights)`),
    `pictures   ${summary.n} evaluated of ${listed} listed${rejected.length ? `, ${rejected.length} unreadable` : ""} (${fingerprint.slice(0, 8)})`,
    `crops      ${protocol.crops}${protocol.crops === "single" ? "" : `, mean of their ${protocol.average}`}`,
    `computed   ${computedBy(protocol.models)}`,
    `top-1      ${rate(summary.top1)}`,
    `top-5      ${rate(summary.top5)}`,
    `loss       ${summary.loss.toFixed(4)}`,
    ...tieLines(tiesOf(scores)),
    ...figureLines(figures),
  ];
  return [head.join("\n"), ...ensembleTable(result), ...gainTable(result), ...figureTables(figures)].join("\n\n");
}

const tieLines = (pictures: number): string[] =>
  pictures === 0
    ? []
    : [`ties       ${pictures} pictures whose label shares its logit with another class count by chance`];

const rate = ({ value, interval }: Rate): string =>
  `${(100 * value).toFixed(2)}%  (95%: ${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)})`;
