// Intervals of figures that are no proportions, by resampling the pictures or the groups that they belong to.
import { type Grouping, percentileInterval, resample, resamples } from "./bootstrap.ts";
import { binOf, type Calibration, calibrate, calibrationBins } from "./calibration.ts";
import { type ClassCounts, f1At, macroF1, matthews, noCounts } from "./class-counts.ts";
import { likelihoodsOf, placesOf } from "./findings.ts";
import type { Interval } from "./interval.ts";
import { correctWithin } from "./ranking.ts";
import type { Scores } from "./scores.ts";

/**
 * 95%. Resampling adds a bias to some figures: pictures that come twice and classes that come seldom make macro F1 smaller, and ECE, which takes
 * distances below and above alike, grows. Those have the basic interval, [2 v - upper quantile, 2 v - lower quantile] around the figure v within
 * 0 and 1 (Davison and Hinkley, "Bootstrap methods and their application", 1997, section 2.4), which takes off as much as was added; the others have
 * the percentile interval.
 */
export interface FigureIntervals {
  readonly top1: Interval;
  readonly top5: Interval;
  /** Basic. */
  readonly macroF1: Interval;
  readonly matthews: Interval;
  /** Basic; from zero where ECE is no larger than that of 95% of calibrated models. */
  readonly expectedCalibrationError: Interval;
  /** Of each class, null of one without pictures that none was taken for; empty over groups. */
  readonly f1: readonly (Interval | null)[];
}

/** A mean over pictures, or a figure of counts, for every draw. */
type Drawn = { readonly [K in "top1" | "top5" | "macroF1" | "matthews" | "expectedCalibrationError"]: Float64Array };

/** Without a grouping each picture is drawn by itself. Of no pictures nothing is known: 0 to 1. */
export function figureIntervals(scores: Scores, grouping?: Grouping): FigureIntervals {
  const n = scores.names.length;
  const classes = scores.classes.length;
  const counted = countedOf(scores);
  const whole = count(counted, classes, new Int32Array(n).fill(1));
  const drawn: Drawn = {
    top1: new Float64Array(resamples),
    top5: new Float64Array(resamples),
    macroF1: new Float64Array(resamples),
    matthews: new Float64Array(resamples),
    expectedCalibrationError: new Float64Array(resamples),
  };
  const f1 = Array.from({ length: grouping ? 0 : classes }, () => new Float64Array(resamples));
  resample(grouping?.groups ?? n, (times, draw) => {
    const { counts, pictures, top1, top5, gap } = count(counted, classes, times, grouping?.groupOf);
    drawn.top1[draw] = top1 / pictures;
    drawn.top5[draw] = top5 / pictures;
    drawn.macroF1[draw] = macroF1(counts);
    drawn.matthews[draw] = matthews(counts);
    drawn.expectedCalibrationError[draw] = gap / pictures;
    for (let k = 0; k < f1.length; k++) f1[k]![draw] = f1At(counts, k);
  });
  return {
    top1: intervalOf(drawn.top1),
    top5: intervalOf(drawn.top5),
    macroF1: basicInterval(macroF1(whole.counts), intervalOf(drawn.macroF1)),
    matthews: intervalOf(drawn.matthews),
    expectedCalibrationError: errorInterval(calibrate(scores), intervalOf(drawn.expectedCalibrationError)),
    f1: f1.map(percentileInterval),
  };
}

const intervalOf = (values: Float64Array): Interval => percentileInterval(values) ?? { low: 0, high: 1 };

function basicInterval(value: number, { low, high }: Interval): Interval {
  const within = (end: number): number => Math.min(1, Math.max(0, end));
  return { low: within(2 * value - high), high: within(2 * value - low) };
}

function errorInterval({ expectedCalibrationError, errorByChance }: Calibration, drawn: Interval): Interval {
  const { low, high } = basicInterval(expectedCalibrationError, drawn);
  return { low: expectedCalibrationError <= errorByChance ? 0 : low, high };
}

/** What a picture adds to the counts: a column for each, a place for each picture. */
interface Counted {
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  readonly top1: Float64Array;
  readonly top5: Float64Array;
  readonly bin: Uint8Array;
  /** Confidence less 1 where it is right. */
  readonly excess: Float64Array;
}

function countedOf(scores: Scores): Counted {
  const { labels } = scores;
  const { predicted } = placesOf(scores);
  const { confidence } = likelihoodsOf(scores);
  return {
    labels,
    predicted,
    top1: correctWithin(scores, 1),
    top5: correctWithin(scores, 5),
    bin: Uint8Array.from(confidence, (value) => binOf(value, calibrationBins)),
    excess: confidence.map((value, i) => value - (predicted[i] === labels[i] ? 1 : 0)),
  };
}

/** Sums over the pictures as often as they, or their groups, were drawn. `gap`: the calibration error times the pictures. */
function count(
  { labels, predicted, top1, top5, bin, excess }: Counted,
  classes: number,
  times: Int32Array,
  unitOf?: Int32Array,
): { counts: ClassCounts; pictures: number; top1: number; top5: number; gap: number } {
  const counts = noCounts(classes);
  const { support, taken, right } = counts;
  const gaps = new Float64Array(calibrationBins);
  const sums = { pictures: 0, top1: 0, top5: 0 };
  for (let i = 0; i < labels.length; i++) {
    const often = times[unitOf === undefined ? i : unitOf[i]!]!;
    if (often === 0) continue;
    const [label, best] = [labels[i]!, predicted[i]!];
    support[label]! += often;
    taken[best]! += often;
    if (label === best) right[label]! += often;
    gaps[bin[i]!]! += often * excess[i]!;
    sums.pictures += often;
    sums.top1 += often * top1[i]!;
    sums.top5 += often * top5[i]!;
  }
  return { counts, ...sums, gap: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) };
}
