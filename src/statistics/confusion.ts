// Which classes are taken for which: the confusion matrix and what follows from it.
import { predictedOf } from "./ranking.ts";
import type { Scores } from "./scores.ts";

export interface Confusion {
  readonly classes: readonly string[];
  /** [label, predicted], row by row: numbers of pictures. */
  readonly counts: Int32Array;
}

export function confusionOf(scores: Scores): Confusion {
  const { classes, labels } = scores;
  const counts = new Int32Array(classes.length ** 2);
  for (const [i, predicted] of predictedOf(scores).entries()) counts[labels[i]! * classes.length + predicted]!++;
  return { classes, counts };
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

export function classFigures({ classes, counts }: Confusion): ClassFigures[] {
  const size = classes.length;
  const taken = new Int32Array(size);
  const support = new Int32Array(size);
  for (let label = 0; label < size; label++)
    for (let predicted = 0; predicted < size; predicted++) {
      const count = counts[label * size + predicted]!;
      support[label]! += count;
      taken[predicted]! += count;
    }
  return classes.map((name, i) => {
    const [n, correct] = [support[i]!, counts[i * size + i]!];
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
  const { classes, counts } = confusion;
  const support = classFigures(confusion).map(({ n }) => n);
  const pairs: (ConfusedPair & { readonly place: number })[] = [];
  for (const [place, count] of counts.entries()) {
    const [label, predicted] = [Math.floor(place / classes.length), place % classes.length];
    if (count > 0 && label !== predicted)
      pairs.push({
        label: classes[label]!,
        predicted: classes[predicted]!,
        count,
        share: count / support[label]!,
        place,
      });
  }
  pairs.sort((a, b) => b.count - a.count || b.share - a.share || a.place - b.place);
  return pairs.slice(0, k).map(({ place: _, ...pair }) => pair);
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
