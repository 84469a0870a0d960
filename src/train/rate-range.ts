// The learning-rate range test of Smith (arXiv 1506.01186, section 3.3) as arithmetic: rates that grow from step to step, the loss at
// each, smoothed, where to stop, and what follows from the curve.

/** From a thousandth of the rate that an experiment has to a hundred times that. */
export const range = { lowest: 0.001, highest: 100, stepsToDecade: 36 } as const;

/** Steps at the lowest rate before the first that counts: optimizers' running means begin far from the gradients (RMSProp's squares at 1). */
export const settlingSteps = 20;
const testSteps = 1 + range.stepsToDecade * Math.round(Math.log10(range.highest / range.lowest));
/** Of the whole test, where nothing ends it before. */
export const allSteps = settlingSteps + testSteps;

/** The rate of step `step`, from 0, over that of the experiment. */
const factorAt = (step: number): number =>
  range.lowest * 10 ** (Math.max(0, step - settlingSteps) / range.stepsToDecade);

/** Share of the earlier steps in the smoothed loss: it covers half a decade. */
const smoothing = 0.95;
/** A loss so many times the lowest one has left for good. */
const farAbove = 4;
/** By so many standard errors, and by such a share, the loss has to fall to be more than chance. */
const certain = { errors: 3, share: 0.01 };

export type RatePoint = { readonly rate: number; readonly loss: number; readonly smoothed: number };
/** `notFinite`: a loss or gradient overflowed; `rising`: the loss was far above its lowest. */
export type RangeEnd = "highest" | "rising" | "notFinite";

export type RangeCurve = {
  /** From the first step that counts. */
  readonly points: readonly RatePoint[];
  readonly end: RangeEnd;
  /** The mean loss before the rate grows. */
  readonly start: number;
  /** Where the smoothed loss is lowest; null where there is no point. */
  readonly lowest: RatePoint | null;
  /** A tenth of the rate with the lowest loss, in two digits; null where the loss did not fall by more than chance. */
  readonly suggestion: number | null;
};

export interface RangeTest {
  /** Of the next step. */
  rate(): number;
  /** Takes the loss of the next step; true where it was the last one. */
  add(loss: number): boolean;
  curve(): RangeCurve;
}

/** Around the rate `given`, with bias-corrected exponential smoothing over all steps, those of settling too. */
export function rangeTest(given: number): RangeTest {
  const settling: number[] = [];
  const points: RatePoint[] = [];
  let [sum, steps] = [0, 0];
  let end: RangeEnd = "highest";
  let lowest: RatePoint | null = null;
  const rateOfNext = (): number => given * factorAt(steps);
  return {
    rate: rateOfNext,
    add(loss) {
      const rate = rateOfNext();
      steps += 1;
      if (!Number.isFinite(loss)) {
        end = "notFinite";
        return true;
      }
      sum = smoothing * sum + (1 - smoothing) * loss;
      if (steps <= settlingSteps) {
        settling.push(loss);
        return false;
      }
      const point = { rate, loss, smoothed: sum / (1 - smoothing ** steps) };
      points.push(point);
      if (lowest === null || point.smoothed < lowest.smoothed) lowest = point;
      if (point.smoothed > farAbove * lowest.smoothed) end = "rising";
      return end === "rising" || steps === allSteps;
    },
    curve() {
      const start = mean(settling);
      return { points, end, start, lowest, suggestion: lowest && suggestionFrom(start, lowest, points) };
    },
  };
}

/** The standard error is that of a mean of the settling steps and of a smoothed loss, by what losses are off the smoothed curve. */
function suggestionFrom(start: number, lowest: RatePoint, points: readonly RatePoint[]): number | null {
  const before = points.slice(0, points.indexOf(lowest) + 1);
  const variance = mean(before.map(({ loss, smoothed }) => (loss - smoothed) ** 2));
  const error = Math.sqrt(variance * (1 / settlingSteps + (1 - smoothing) / (1 + smoothing)));
  const least = Math.max(certain.errors * error, certain.share * start);
  return start - lowest.smoothed > least ? Number((lowest.rate / 10).toPrecision(2)) : null;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
