// Two results over the same pictures, set against each other: overall and for each class.
import { agree } from "./agreement.ts";
import { type Interval, includesZero } from "./interval.ts";
import { comparePaired, type PairedRates, pairedRates } from "./paired.ts";
import { correctWithin } from "./ranking.ts";
import { holm } from "./repeats.ts";
import type { Scores } from "./scores.ts";

export type Distinction = "A is better" | "B is better" | "not distinguishable";

/** At the 5% level: a difference counts only where its interval leaves out zero and the test rejects, too. */
export function distinguish(difference: number, interval: Interval, p: number): Distinction {
  if (includesZero(interval) || p > 0.05) return "not distinguishable";
  return difference > 0 ? "A is better" : "B is better";
}

export type JudgedPair = PairedRates & { readonly verdict: Distinction };

export interface ClassComparison {
  readonly name: string;
  readonly n: number;
  /** Top-1 accuracies on the class's pictures. */
  readonly accuracyA: number;
  readonly accuracyB: number;
  readonly difference: number;
  /** Two-sided exact McNemar p. */
  readonly p: number;
  /** Holm's correction over the classes that have pictures. */
  readonly adjustedP: number;
}

export interface Comparison {
  readonly top1: JudgedPair;
  readonly top5: JudgedPair;
  /** Classes that have pictures. */
  readonly classes: readonly ClassComparison[];
}

/** Both over the same pictures in the same order, with the same classes and labels. */
export function compareScores(a: Scores, b: Scores): Comparison {
  const within = (k: number): JudgedPair => {
    const pair = comparePaired(correctWithin(a, k), correctWithin(b, k));
    return { ...pair, n: a.names.length, verdict: distinguish(pair.difference, pair.interval, pair.p) };
  };
  return { top1: within(1), top5: within(5), classes: compareClasses(a, b) };
}

function compareClasses(a: Scores, b: Scores): ClassComparison[] {
  const { classes, labels } = a;
  const [rightA, rightB] = [correctWithin(a, 1), correctWithin(b, 1)];
  const members = classes.map((): number[] => []);
  for (const [i, label] of labels.entries()) members[label]!.push(i);
  const compared = members.flatMap((own, label) => {
    if (own.length === 0) return [];
    const of = (right: Float64Array): number[] => own.map((i) => right[i]!);
    const { p, ...rates } = pairedRates(agree(of(rightA), of(rightB)));
    return [{ name: classes[label]!, ...rates, n: own.length, p }];
  });
  const adjusted = holm(compared.map(({ p }) => p));
  return compared.map((one, i) => ({ ...one, adjustedP: adjusted[i]! }));
}
