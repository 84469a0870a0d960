// Which classes are taken for which: the confusion matrix and what follows from it.
import { type ClassCounts, f1At, noCounts } from "./class-counts.ts";
import { predictedOf } from "./ranking.ts";
import type { Scores } from "./scores.ts";

/** `count` pictures of class `label` were taken for `predicted`, as indices into the classes. */
export type ConfusionCell = { readonly label: number; readonly predicted: number; readonly count: number };

export interface Confusion {
  readonly classes: readonly string[];
  /** Those of the matrix that are not zero, row by row. */
  readonly cells: readonly ConfusionCell[];
}

export const confusionOf = (scores: Scores): Confusion => {
  const predicted = predictedOf(scores);
  return confusionFrom(
    scores.classes,
    Array.from(scores.labels, (label, i) => [label, predicted[i]!] as const),
  );
};

/** Of a pair for each picture, as indices into the classes. */
export function confusionFrom(
  classes: readonly string[],
  pairs: Iterable<readonly [label: number, predicted: number]>,
): Confusion {
  const counts = new Map<number, number>();
  for (const [label, predicted] of pairs) {
    const place = label * classes.length + predicted;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const cells = [...counts].sort(([a], [b]) => a - b);
  return {
    classes,
    cells: cells.map(([place, count]) => ({
      label: Math.floor(place / classes.length),
      predicted: place % classes.length,
      count,
    })),
  };
}

/** `n` pictures have this label (the support). A figure that divides by zero is null. */
export type ClassFigures = {
  readonly name: string;
  readonly n: number;
  /** Pictures of any label that were taken for it. */
  readonly taken: number;
  readonly correct: number;
  /** Of those taken for this class, the share that is. */
  readonly precision: number | null;
  /** Of those of this class, the share taken for it: its top-1 accuracy. */
  readonly recall: number | null;
  /** Harmonic mean of both: 2 correct / (n + taken); zero where none is right. */
  readonly f1: number | null;
};

export function countsOf({ classes, cells }: Confusion): ClassCounts {
  const counts = noCounts(classes.length);
  for (const { label, predicted, count } of cells) {
    counts.support[label]! += count;
    counts.taken[predicted]! += count;
    if (label === predicted) counts.right[label]! += count;
  }
  return counts;
}

export function classFigures(confusion: Confusion): ClassFigures[] {
  const counts = countsOf(confusion);
  return confusion.classes.map((name, i) => {
    const [n, taken, correct] = [counts.support[i]!, counts.taken[i]!, counts.right[i]!];
    return {
      name,
      n,
      taken,
      correct,
      precision: share(correct, taken),
      recall: share(correct, n),
      f1: n + taken === 0 ? null : f1At(counts, i),
    };
  });
}

/** Means over the classes that have pictures; null where no class has any. Macro recall is the balanced accuracy. */
export type MeanFigures = { readonly [K in "precision" | "recall" | "f1"]: number | null };

/** Each class weighs the same. A class with pictures for which none was taken counts with precision zero. */
export const macroFigures = (figures: readonly ClassFigures[]): MeanFigures => meanFigures(figures, () => 1);

/** Each class weighs as much as it has pictures; recall is then the share of all pictures taken for their own class. */
export const weightedFigures = (figures: readonly ClassFigures[]): MeanFigures => meanFigures(figures, ({ n }) => n);

function meanFigures(figures: readonly ClassFigures[], weight: (one: ClassFigures) => number): MeanFigures {
  const present = figures.filter(({ n }) => n > 0);
  const sum = (value: (one: ClassFigures) => number): number => present.reduce((total, one) => total + value(one), 0);
  const mean = (key: keyof MeanFigures) =>
    share(
      sum((one) => weight(one) * (one[key] ?? 0)),
      sum(weight),
    );
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

/** `count` pictures of class `label` were taken for `predicted`: `share` of that class. */
export type ConfusedPair = {
  readonly label: string;
  readonly predicted: string;
  readonly count: number;
  readonly share: number;
};

/** The `k` commonest confusions, most pictures first; equal counts by share, then in the order of classes. */
export function mostConfused(confusion: Confusion, k: number): ConfusedPair[] {
  const { classes, cells } = confusion;
  const figures = classFigures(confusion);
  return cells
    .filter(({ label, predicted }) => label !== predicted)
    .map(({ label, predicted, count }) => ({
      label: classes[label]!,
      predicted: classes[predicted]!,
      count,
      share: count / figures[label]!.n,
    }))
    .sort((a, b) => b.count - a.count || b.share - a.share)
    .slice(0, k);
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
