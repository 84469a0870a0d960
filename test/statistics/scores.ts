// Scores for tests: a few rows, written out.
import type { Scores } from "../../src/statistics/scores.ts";

/** Logits with these probabilities; of a zero, far below every other. */
export const logitsOf = (probabilities: readonly number[]): Float32Array =>
  Float32Array.from(probabilities, (value) => (value === 0 ? -1000 : Math.log(value)));

/** `rows`: probabilities. */
export const scoresOf = (
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  names?: string[],
): Scores => ({
  classes: rows[0]!.map((_, i) => `class ${i}`),
  names: names ?? rows.map((_, i) => `${i}.jpg`),
  labels: Int32Array.from(labels),
  logits: logitsOf(rows.flat()),
});

/** Certain predictions. */
export const certain = (labels: readonly number[], predicted: readonly number[], classes: number): Scores =>
  scoresOf(
    predicted.map((best) => Array.from({ length: classes }, (_, i) => (i === best ? 1 : 0))),
    labels,
  );
