// The result of an evaluation for the terminal.
import type { EvaluationResult } from "../results/evaluation-result.ts";
import { guessing, showsTop5 } from "../statistics/guessing.ts";
import type { Rate } from "../statistics/interval.ts";
import { tiesOf } from "../statistics/ranking.ts";
import { computedBy } from "./arithmetic-words.ts";
import { figureLines, figureTables } from "./evaluation-figures.ts";
import { ensembleTable, gainTable } from "./evaluation-tables.ts";
import { guessingWords } from "./guessing-words.ts";

export function describeEvaluation(result: EvaluationResult): string {
  const { scores, summary, figures } = result;
  const { listed, rejected, protocol, fingerprint } = scores;
  const head = [
    ...protocol.models.map(({ path, step, weights }) => `model      ${path} (step ${step}, ${weights} weights)`),
    `pictures   ${summary.n} evaluated of ${listed} listed${rejected.length ? `, ${rejected.length} unreadable` : ""} (${fingerprint.slice(0, 8)})`,
    `crops      ${protocol.crops}${protocol.crops === "single" ? "" : `, mean of their ${protocol.average}`}`,
    `computed   ${computedBy(protocol.models)}`,
    `top-1      ${rate(summary.top1)}`,
    `guessing   ${guessingWords(guessing(scores))}`,
    ...(showsTop5(scores.classes.length) ? [`top-5      ${rate(summary.top5)}`] : []),
    `loss       ${summary.loss.toFixed(4)}`,
    ...tieLines(tiesOf(scores)),
    ...figureLines(figures),
    ...(protocol.models.some(({ chosenHere }) => chosenHere) ? [chosenLine] : []),
  ];
  return [head.join("\n"), ...ensembleTable(result), ...gainTable(result), ...figureTables(figures)].join("\n\n");
}

const chosenLine =
  "note       the checkpoint validated best on these very pictures: its figures are a little too good (--data: others)";

const tieLines = (pictures: number): string[] =>
  pictures === 0
    ? []
    : [`ties       ${pictures} pictures whose label shares its logit with another class count by chance`];

const rate = ({ value, interval }: Rate): string =>
  `${(100 * value).toFixed(2)}%  (95%: ${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)})`;
