// Two results set against each other, for the terminal.
import type { Saved } from "../evaluate/saved.ts";
import { comparisonRemarks, speaksOf } from "../results/comparison-document.ts";
import type { ResultComparison } from "../results/pairing.ts";
import type { ClassComparison, JudgedPair } from "../statistics/comparison.ts";
import { guessing, showsTop5 } from "../statistics/guessing.ts";
import { computedBy, resizes } from "./arithmetic-words.ts";
import { groupUnits } from "./evaluation-figures.ts";
import { guessingWords } from "./guessing-words.ts";
import { formatTable, hanging, wrap } from "./print.ts";

export function describeComparison(a: Saved, b: Saved, comparison: ResultComparison): string {
  const { top1, top5, classes, subset, groups } = comparison;
  const models = ({ protocol }: Saved): string =>
    protocol.models.map(({ path, step, weights }) => `${path} (step ${step}, ${weights} weights)`).join(" + ");
  const judged = { "top-1": top1, ...(showsTop5(a.classes.length) ? { "top-5": top5 } : {}) };
  const heads = [a, b].map((saved, i) => [
    `${"AB"[i]}  ${saved.path}`,
    `   ${models(saved)}, ${crops(saved)}`,
    ...resizes(saved.protocol.models).map((resize) => `   ${resize}`),
    `   computed by ${computedBy(saved.protocol.models)}`,
  ]);
  return [
    [...heads.flat().flatMap(hanging), `${top1.n} pictures (${a.fingerprint.slice(0, 8)})`].join("\n"),
    agreementTable(judged),
    [
      ...Object.entries(judged).flatMap(([name, pair]) => hanging(verdictLine(name, pair))),
      ...(subset ? wrap(verdictLine(`top-1 within the set's ${subset.classes.length} classes`, subset.top1)) : []),
      ...hanging(`guessing: ${guessingWords(guessing(a))}`),
      ...[speaksOf([a, b]), ...comparisonRemarks([a, b])].flatMap((text) => wrap(text)),
    ].join("\n"),
    ...(groups ? [groupLines(groups, a.classes.length)] : []),
    classTable(classes),
  ].join("\n\n");
}

const crops = ({ protocol }: Saved): string =>
  protocol.crops === "single" ? "single crop" : `${protocol.crops} crops`;

const agreementTable = (judged: Readonly<Record<string, JudgedPair>>): string =>
  formatTable(
    ["", "both right", "only A", "only B", "both wrong", "A", "B"],
    Object.entries(judged).map(([name, { agreement, accuracyA, accuracyB }]) => [
      name,
      agreement.both,
      agreement.onlyA,
      agreement.onlyB,
      agreement.neither,
      percent(accuracyA),
      percent(accuracyB),
    ]),
  );

const verdictLine = (name: string, { difference, interval, intervalBy, p, verdict }: JudgedPair): string =>
  `${name}: A - B = ${points(difference)} points (95%: ${points(interval.low)} to ${points(interval.high)}` +
  `${intervalBy === "Tango" ? ", Tango's score interval" : ""}), ` +
  `McNemar's exact p = ${probability(p)}: ${verdict}`;

const groupLines = ({ file, groups, top1, top5 }: NonNullable<ResultComparison["groups"]>, classes: number): string =>
  [
    ...wrap(`with groups, ${groupUnits(groups, file)}:`),
    ...Object.entries({ "top-1": top1, ...(showsTop5(classes) ? { "top-5": top5 } : {}) }).flatMap(
      ([name, { interval, p, verdict }]) =>
        hanging(
          `${name}: 95%: ${points(interval.low)} to ${points(interval.high)}, sign-flip p = ${probability(p)}: ${verdict}`,
        ),
    ),
  ].join("\n");

/** More classes than this are cut down to the largest differences. */
const longestTable = 40;

function classTable(classes: readonly ClassComparison[]): string {
  const isCut = classes.length > longestTable;
  const byDifference = [...classes].sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
  const rows = (isCut ? byDifference.slice(0, longestTable) : classes).map(
    ({ name, n, accuracyA, accuracyB, difference, p, adjustedP }) => [
      name,
      n,
      percent(accuracyA),
      percent(accuracyB),
      points(difference),
      probability(p),
      probability(adjustedP),
    ],
  );
  const table = formatTable(["class", "pictures", "A", "B", "A - B", "p", "p (Holm)"], rows);
  return isCut ? `the ${longestTable} classes of largest difference\n${table}` : table;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
const points = (share: number): string => `${share >= 0 ? "+" : ""}${(100 * share).toFixed(2)}`;
const probability = (p: number): string => (p < 0.0001 ? "<0.0001" : p.toFixed(4));
