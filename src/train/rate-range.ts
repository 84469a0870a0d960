// The learning-rate range test of Smith (arXiv 1506.01186, section 3.3) as arithmetic: rates that grow from step to step, the loss at
// each, smoothed, where to stop, and what follows from the curve.

export const range = { lowest: 1e-6, highest: 10, stepsToDecade: 20 } as const;

/** Steps at the lowest rate before the first that counts: optimizers' running means begin far from the gradients (RMSProp's squares at 1). */
export const settlingSteps = 40;
const testSteps = 1 + range.stepsToDecade * Math.round(Math.log10(range.highest / range.lowest));
/** Of the whole test, where nothing ends it before. */
export const allSteps = settlingSteps + testSteps;

/** The rate of step `step`, from 0. */
export const rateAt = (step: number): number =>
  range.lowest * 10 ** (Math.max(0, step - settlingSteps) / range.stepsToDecade);

/** Share of the earlier steps in the smoothed loss: it covers half a decade. */
const smoothing = 0.9;
/** A loss so many times the lowest one has left for good. */
const farAbove = 4;
/** By so many standard errors of the smoothed loss, and by such a share of it, it has to fall to be more than chance. */
const certain = { errors: 3, share: 0.01 };

export type RatePoint = { readonly rate: number; readonly loss: number; readonly smoothed: number };
/** `notFinite`: a loss or gradient overflowed; `rising`: the loss was far above its lowest. */
export type RangeEnd = "highest" | "rising" | "notFinite";

export type RangeCurve = {
  /** From the first step that counts. */
  readonly points: readonly RatePoint[];
  readonly end: RangeEnd;
  /** The smoothed loss before the rate grows. */
  readonly start: number;
  /** Where the smoothed loss is lowest; null where there is no point. */
  readonly lowest: RatePoint | null;
  /** A tenth of the rate with the lowest loss, in two digits; null where the loss did not fall by more than chance. */
  readonly suggestion: number | null;
};

export interface RangeTest {
  /** Takes the loss of the next step; true where it was the last one. */
  add(loss: number): boolean;
  curve(): RangeCurve;
}

/** Bias-corrected exponential smoothing over all steps, those of settling too. */
export function rangeTest(): RangeTest {
  const settling: number[] = [];
  const points: RatePoint[] = [];
  let [sum, steps, start] = [0, 0, Number.NaN];
  let end: RangeEnd = "highest";
  let lowest: RatePoint | null = null;
  return {
    add(loss) {
      const rate = rateAt(steps);
      steps += 1;
      if (!Number.isFinite(loss)) {
        end = "notFinite";
        return true;
      }
      sum = smoothing * sum + (1 - smoothing) * loss;
      const smoothed = sum / (1 - smoothing ** steps);
      if (steps <= settlingSteps) {
        settling.push(loss);
        start = smoothed;
        return false;
      }
      const point = { rate, loss, smoothed };
      points.push(point);
      if (lowest === null || smoothed < lowest.smoothed) lowest = point;
      if (smoothed > farAbove * lowest.smoothed) end = "rising";
      return end === "rising" || steps === allSteps;
    },
    curve: () => ({ points, end, start, lowest, suggestion: suggestionFrom(lowest, settling, start) }),
  };
}

function suggestionFrom(lowest: RatePoint | null, settling: readonly number[], start: number): number | null {
  if (lowest === null) return null;
  const error = Math.sqrt((variance(settling) * (1 - smoothing)) / (1 + smoothing));
  const least = Math.max(certain.errors * error, certain.share * start);
  return start - lowest.smoothed > least ? Number((lowest.rate / 10).toPrecision(2)) : null;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
