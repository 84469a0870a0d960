// The figures of a run as its report draws them: of metrics.jsonl what is shown, with epochs.
import { type MetricsLine, metricsLines } from "../run/metrics.ts";

export interface TrainPoint {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Of the step; NaN in runs from before it was written down. */
  readonly seconds: number;
  readonly waited: number;
}

export type Judged = { readonly top1: number; readonly loss: number };

export interface ValidationPoint {
  readonly step: number;
  readonly epoch: number;
  readonly n: number;
  readonly raw: Judged;
  /** Of the averaged weights, where there are any. */
  readonly average: Judged | undefined;
  /** What the best checkpoint is chosen by: the averaged weights where there are any. */
  readonly judged: Judged;
}

export interface Log {
  readonly stepsPerEpoch: number;
  readonly training: readonly TrainPoint[];
  readonly validations: readonly ValidationPoint[];
  /** The first of those with the highest accuracy; undefined where there is none. */
  readonly best: ValidationPoint | undefined;
}

/** Empty where there is no file. */
export function readLog(path: string): Log {
  const training: TrainPoint[] = [];
  const lines: MetricsLine[] = [];
  for (const line of metricsLines(path))
    if (line.kind === "validation") lines.push(line);
    else training.push(trainPoint(line));
  const last = training.at(-1);
  const stepsPerEpoch = last && last.epoch > 0 ? last.step / last.epoch : 1;
  const validations = lines.map((line) => validationPoint(line, stepsPerEpoch));
  return { stepsPerEpoch, training, validations, best: bestOf(validations) };
}

const trainPoint = ({ step, ...line }: MetricsLine): TrainPoint => ({
  step,
  epoch: Number(line.epoch),
  loss: Number(line.loss),
  learningRate: Number(line.learningRate),
  gradientNorm: Number(line.gradientNorm),
  seconds: Number(line.seconds),
  waited: Number(line.waited),
});

function validationPoint({ step, ...line }: MetricsLine, stepsPerEpoch: number): ValidationPoint {
  const raw = { top1: Number(line.top1), loss: Number(line.loss) };
  const average =
    line.averageTop1 === undefined ? undefined : { top1: Number(line.averageTop1), loss: Number(line.averageLoss) };
  return { step, epoch: step / stepsPerEpoch, n: Number(line.n), raw, average, judged: average ?? raw };
}

const bestOf = (validations: readonly ValidationPoint[]): ValidationPoint | undefined =>
  validations.reduce<ValidationPoint | undefined>(
    (best, one) => (best === undefined || one.judged.top1 > best.judged.top1 ? one : best),
    undefined,
  );
