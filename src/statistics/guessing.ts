// What a top-1 accuracy is to be held against: guessing, and always naming the commonest class.
import type { Scores } from "./scores.ts";

export interface Guessing {
  /** One over the number of classes. */
  readonly chance: number;
  /** The class that most pictures are of (the first of several), and their share. */
  readonly majority: { readonly name: string; readonly share: number };
}

/** Of at least one picture. */
export function guessing({ classes, labels }: Pick<Scores, "classes" | "labels">): Guessing {
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]!++;
  const commonest = counts.indexOf(Math.max(...counts));
  return {
    chance: 1 / classes.length,
    majority: { name: classes[commonest]!, share: counts[commonest]! / labels.length },
  };
}

/** With fewer classes than ten, five are half of all and more: a top-5 figure says little. */
export const showsTop5 = (classes: number): boolean => classes >= 10;
