// Which classes are taken for which: the confusion matrix and what follows from it.
import { predictedOf } from "./ranking.ts";
import type { Scores } from "./scores.ts";

/** `count` pictures of class `label` were taken for `predicted`, as indices into the classes. */
export type ConfusionCell = { readonly label: number; readonly predicted: number; readonly count: number };

export interface Confusion {
  readonly classes: readonly string[];
  /** Those of the matrix that are not zero, row by row. */
  readonly cells: readonly ConfusionCell[];
}

export function confusionOf(scores: Scores): Confusion {
  const { classes, labels } = scores;
  const counts = new Map<number, number>();
  for (const [i, predicted] of predictedOf(scores).entries()) {
    const place = labels[i]! * classes.length + predicted;
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
  readonly correct: number;
  /** Of those taken for this class, the share that is. */
  readonly precision: number | null;
  /** Of those of this class, the share taken for it: its top-1 accuracy. */
  readonly recall: number | null;
  /** Harmonic mean of both: 2 correct / (n + taken); zero where none is right. */
  readonly f1: number | null;
};

export function classFigures({ classes, cells }: Confusion): ClassFigures[] {
  const [support, taken, right] = [0, 0, 0].map(() => new Int32Array(classes.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (const { label, predicted, count } of cells) {
    support[label]! += count;
    taken[predicted]! += count;
    if (label === predicted) right[label]! += count;
  }
  return classes.map((name, i) => {
    const [n, correct] = [support[i]!, right[i]!];
    return {
      name,
      n,
      correct,
      precision: share(correct, taken[i]!),
      recall: share(correct, n),
      f1: share(2 * correct, n + taken[i]!),
    };
  });
}

/** Means over the classes that have pictures, each class weighing the same; null where no class has any. */
export type MacroFigures = { readonly [K in "precision" | "recall" | "f1"]: number | null };

/** A class with pictures for which none was taken counts with precision zero. */
export function macroFigures(figures: readonly ClassFigures[]): MacroFigures {
  const present = figures.filter(({ n }) => n > 0);
  const mean = (key: keyof MacroFigures): number | null =>
    share(
      present.reduce((sum, one) => sum + (one[key] ?? 0), 0),
      present.length,
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
