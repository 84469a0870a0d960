// The result of an evaluation for the terminal.
import { counted } from "../counted.ts";
import type { EvaluationResult } from "../results/evaluation-result.ts";
import type { RealFigures } from "../results/right-labels.ts";
import type { WithinSubset } from "../results/within-subset.ts";
import { guessing, showsTop5 } from "../statistics/guessing.ts";
import type { Rate } from "../statistics/interval.ts";
import { tiesOf } from "../statistics/ranking.ts";
import { computedBy, resizes } from "./arithmetic-words.ts";
import { figureLines, figureTables } from "./evaluation-figures.ts";
import { ensembleTable, gainTable } from "./evaluation-tables.ts";
import { guessingWords } from "./guessing-words.ts";
import { hanging } from "./print.ts";

export function describeEvaluation(result: EvaluationResult): string {
  const { scores, summary, figures, within, real } = result;
  const { listed, rejected, protocol, fingerprint } = scores;
  const head = [
    ...protocol.models.map(({ path, step, weights }) => `model      ${path} (step ${step}, ${weights} weights)`),
    `pictures   ${summary.n} evaluated of ${listed} listed${rejected.length ? `, ${rejected.length} unreadable` : ""} (${fingerprint.slice(0, 8)})`,
    `crops      ${protocol.crops}${protocol.crops === "single" ? "" : `, mean of their ${protocol.average}`}`,
    ...resizes(protocol.models).map((resize) => `resize     ${resize}`),
    `computed   ${computedBy(protocol.models)}`,
    `top-1      ${rate(summary.top1)}`,
    `guessing   ${guessingWords(guessing(scores))}`,
    ...(showsTop5(scores.classes.length) ? [`top-5      ${rate(summary.top5)}`] : []),
    `loss       ${summary.loss.toFixed(4)}`,
    ...tieLines(tiesOf(scores)),
    ...figureLines(figures),
    ...(real ? realLines(real) : []),
    ...(within ? withinLines(within, scores.classes.length) : []),
    ...(protocol.models.some(({ chosenHere }) => chosenHere) ? [chosenLine] : []),
    ...protocol.models.flatMap(({ trainedHere }) => (trainedHere ? [trainedLine(trainedHere, summary.n)] : [])),
  ];
  return [
    head.flatMap(hanging).join("\n"),
    ...ensembleTable(result),
    ...gainTable(result),
    ...figureTables(figures, within?.classes),
  ].join("\n\n");
}

const realLines = ({ file, n, withoutLabels, notListed, labels, top1, ownLabelTop1 }: RealFigures): string[] => [
  `real       top-1 ${rate(top1)} of ${n} pictures with ${(labels / n).toFixed(2)} right labels each, ` +
    `${(100 * ownLabelTop1.value).toFixed(2)}% by the set's own label alone`,
  `           left out: ${withoutLabels} that ${file} gives no label, ${notListed} not on it`,
];

/** Among one class alone every picture is right, which says nothing. */
const withinLines = ({ classes: { length }, summary, macro }: WithinSubset, all: number): string[] => [
  `subset     the set has ${length} of the model's ${all} classes; all figures above are over all of them`,
  ...(length === 1
    ? []
    : [
        `within     top-1 ${rate(summary.top1)}, loss ${summary.loss.toFixed(4)}, macro F1 ${(100 * macro.f1!).toFixed(1)}%: ` +
          `the logits of these ${length} classes alone`,
      ]),
];
const chosenLine =
  "note       the checkpoint validated best on these very pictures: its figures are a little too good (--data: others)";

const trainedLine = (trained: number, pictures: number): string =>
  `note       the model was trained on ${trained} of these ${counted(pictures, "picture")}: its figures are too good, and say ` +
  "nothing of other pictures";

const tieLines = (pictures: number): string[] =>
  pictures === 0
    ? []
    : [
        `ties       ${counted(pictures, "picture")} whose label shares its logit with another class ${pictures === 1 ? "counts" : "count"} by chance`,
      ];

const rate = ({ value, interval }: Rate): string =>
  `${(100 * value).toFixed(2)}%  (95%: ${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)})`;
