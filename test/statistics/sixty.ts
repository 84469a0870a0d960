// Sixty pictures of five classes by a formula, which scikit-learn 1.9.1 was given, too: logits as float32, softmax of them in double precision.
import type { Scores } from "../../src/statistics/scores.ts";

const [n, classes] = [60, 5];

/** Rows repeat after forty, so that pictures tie with others; within a row the largest is alone. Classes have 12, 22, 6, 4 and 16 pictures. */
export const sixty: Scores = {
  classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
  names: Array.from({ length: n }, (_, i) => `${i}.jpg`),
  labels: Int32Array.from({ length: n }, (_, i) => (i % 3 !== 0 ? liked(i) : (liked(i) + 1 + (i % 2)) % classes)),
  logits: Float32Array.from({ length: n * classes }, (_, at) => {
    const [j, k] = [Math.floor(at / classes) % 40, at % classes];
    return ((j * 37 + k * 101 + j * k * 13) % 97) / 24 + (k === liked(j) ? 1.7 : 0);
  }),
};

function liked(i: number): number {
  return (i % 40) ** 2 % classes;
}
