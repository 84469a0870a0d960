// What a set of scores says: top-1 and top-5 error with intervals, loss, counts for each class.
import { likelihoodsOf, placesOf } from "../statistics/findings.ts";
import { type Rate, rate } from "../statistics/interval.ts";
import { creditWithin, largest, type Place, placeOf } from "../statistics/ranking.ts";
import { rowOf, type Scores } from "../statistics/scores.ts";
import { logSumExp } from "../statistics/softmax.ts";

/** Where a picture's label stands, and its loss: all that a summary needs. */
export type Standing = Place & {
  readonly label: number;
  /** -ln of the probability of its label. */
  readonly loss: number;
};
/** One picture's result. */
export type Prediction = Standing & {
  readonly name: string;
  /** The most probable classes, best first, with their probabilities. */
  readonly top: readonly { readonly class: number; readonly probability: number }[];
};
export type Summary = {
  readonly n: number;
  readonly top1: Rate;
  readonly top5: Rate;
  readonly loss: number;
  /** `correct` is a sum of shares where labels tie with other classes. */
  readonly perClass: readonly { readonly n: number; readonly correct: number }[];
};

/** Of one row of logits, with the `k` most probable classes. */
export function predict(name: string, label: number, logits: Float32Array, k = 5): Prediction {
  const total = logSumExp(logits);
  return { name, label, ...placeOf(logits, label), loss: total - logits[label]!, top: topOf(logits, total, k) };
}

/** The same of every picture, with the five most probable classes. */
export const predictionsOf = (scores: Scores): Prediction[] =>
  standingsOf(scores).map((standing, i) => {
    const row = rowOf(scores, i);
    return { name: scores.names[i]!, ...standing, top: topOf(row, standing.loss + row[standing.label]!, 5) };
  });

/** `total`: ln of the sum of exponentials. */
const topOf = (logits: Float32Array, total: number, k: number): Prediction["top"] =>
  largest(logits, k).map((index) => ({ class: index, probability: Math.exp(logits[index]! - total) }));

/** Of every picture, without its most probable classes. */
export function standingsOf(scores: Scores): Standing[] {
  const { larger, tied } = placesOf(scores);
  const { loss } = likelihoodsOf(scores);
  return Array.from(scores.labels, (label, i) => ({ label, larger: larger[i]!, tied: tied[i]!, loss: loss[i]! }));
}

/** Accuracies as shares of n, with 95% Wilson intervals. */
export function summarize(standings: readonly Standing[], classes: number): Summary {
  const n = standings.length;
  const within = (k: number) => rate(sum(standings.map((standing) => creditWithin(standing, k))), n);
  const perClass = Array.from({ length: classes }, () => ({ n: 0, correct: 0 }));
  for (const standing of standings) {
    const own = perClass[standing.label]!;
    own.n++;
    own.correct += creditWithin(standing, 1);
  }
  return { n, top1: within(1), top5: within(5), loss: sum(standings.map(({ loss }) => loss)) / n, perClass };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
