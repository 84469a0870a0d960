// What a run has come to, in one word with its reasons, and the one thing to do next.
import type { Rate } from "../statistics/interval.ts";
import { rate } from "../statistics/interval.ts";
import type { Log, TrainPoint, ValidationPoint } from "./log.ts";

/** `improving`: its loss was still falling when it ended. `learned`: neither of the others. */
export type Learning = "untested" | "chance" | "overfitting" | "improving" | "learned";

export interface Judgement {
  readonly learning: Learning;
  /** Undefined where nothing was validated or evaluated. */
  readonly top1: Rate | undefined;
  /** Sentences with the figures that it rests on. */
  readonly reasons: readonly string[];
}

/** What an accuracy is held against; the majority where labels are known. */
export type Against = {
  readonly chance: number;
  readonly majority?: { readonly name: string; readonly share: number };
};

/** Loss above the least by this factor is worse, and below the loss before by this share is better. */
const margin = { worse: 1.1, better: 0.02 } as const;
/** Fewer validations show no trend. */
const fewest = 4;

export function judgeLearning(log: Log, against: Against | undefined, evaluated?: Rate): Judgement {
  const { best } = log;
  const top1 = evaluated ?? (best && rate(best.judged.top1 * best.n, best.n));
  if (top1 === undefined) return { learning: "untested", top1, reasons: ["Nothing has been validated yet."] };
  const bar = against && Math.max(against.chance, against.majority?.share ?? 0);
  if (bar !== undefined && top1.interval.low <= bar) {
    const rival = bar === against!.chance ? "guessing" : `always naming the commonest class`;
    return { learning: "chance", top1, reasons: [`The interval of its accuracy does not lie above ${rival}.`] };
  }
  const over = overfitting(log);
  if (over !== undefined) return { learning: "overfitting", top1, reasons: [over] };
  const rising = improving(log.validations);
  if (rising !== undefined) return { learning: "improving", top1, reasons: [rising] };
  return { learning: "learned", top1, reasons: log.validations.length < fewest ? [] : [settled(log)] };
}

/** The validation loss has risen again while the training loss went on falling. */
function overfitting({ validations, training }: Log): string | undefined {
  if (validations.length < fewest) return undefined;
  const [least, last] = [leastLoss(validations), validations.at(-1)!];
  if (!(last.judged.loss > margin.worse * least.judged.loss)) return undefined;
  const [then, now] = [lossAround(training, least.step), lossAround(training, last.step)];
  if (!(now < then)) return undefined;
  return (
    `The validation loss was least at epoch ${epochs(least.epoch)} (${figure(least.judged.loss)}) and rose to ` +
    `${figure(last.judged.loss)} since, while the training loss fell from ${figure(then)} to ${figure(now)}.`
  );
}

/** The best validation is among the last fifth, and better by the margin than any before. */
function improving(validations: readonly ValidationPoint[]): string | undefined {
  if (validations.length < fewest) return undefined;
  const cut = Math.min(validations.length - 1, Math.ceil(0.8 * validations.length));
  const [before, after] = [leastLoss(validations.slice(0, cut)), leastLoss(validations.slice(cut))];
  if (!(after.judged.loss < (1 - margin.better) * before.judged.loss)) return undefined;
  return (
    `The validation loss still fell in the last fifth of the run, from ${figure(before.judged.loss)} to ` +
    `${figure(after.judged.loss)}: a longer run may bring more.`
  );
}

const settled = ({ validations, best }: Log): string =>
  `The validation loss has settled at ${figure(validations.at(-1)!.judged.loss)}; the best accuracy was at epoch ${epochs(best!.epoch)}.`;

const leastLoss = (validations: readonly ValidationPoint[]): ValidationPoint =>
  validations.reduce((least, one) => (one.judged.loss < least.judged.loss ? one : least));

/** Lines of the log that are averaged: single batches say little. */
const window = 20;

/** Mean training loss of the lines up to a step; NaN where there are none. */
function lossAround(training: readonly TrainPoint[], step: number): number {
  const lines = training.filter((point) => point.step <= step && Number.isFinite(point.loss)).slice(-window);
  return lines.reduce((sum, { loss }) => sum + loss, 0) / lines.length;
}

/** Whether the training loss has fallen by a tenth since the start. */
export function trainingFell({ training }: Pick<Log, "training">): boolean {
  const first = lossAround(training.slice(0, window), Number.POSITIVE_INFINITY);
  return lossAround(training, Number.POSITIVE_INFINITY) < 0.9 * first;
}

const figure = (value: number): string => value.toFixed(3);
export const epochs = (value: number): string => value.toFixed(2).replace(/\.?0+$/, "");
