// All figures of a result beside its errors: for each class, confusions, calibration, the worst mistakes, and without blacklisted pictures.
import type { Summary } from "../evaluate/metrics.ts";
import { type Calibration, calibrate } from "../statistics/calibration.ts";
import { kappa, matthews } from "../statistics/class-counts.ts";
import {
  type ClassFigures,
  type ConfusedPair,
  type Confusion,
  classFigures,
  confusionOf,
  countsOf,
  type MeanFigures,
  macroFigures,
  mostConfused,
  weightedFigures,
} from "../statistics/confusion.ts";
import { type FigureIntervals, figureIntervals } from "../statistics/figure-intervals.ts";
import { type Mistake, worstMistakes } from "../statistics/mistakes.ts";
import { type Separation, separationOf } from "../statistics/one-vs-rest.ts";
import { type Scores, subset } from "../statistics/scores.ts";
import { type Selective, selectiveOf } from "../statistics/selective.ts";
import { type TemperatureFigures, temperatureFigures } from "../statistics/temperature.ts";
import { type Blacklist, requireUse } from "./blacklist.ts";
import { type Groups, groupingOf } from "./groups.ts";
import { summaryOf } from "./summaries.ts";

export interface Figures {
  readonly confusion: Confusion;
  readonly classes: readonly ClassFigures[];
  readonly macro: MeanFigures;
  readonly weighted: MeanFigures;
  readonly matthews: number;
  /** NaN where chance explains all. */
  readonly kappa: number;
  /** Each class against the rest. */
  readonly separation: Separation;
  readonly selective: Selective;
  /** Over the pictures, each drawn by itself. */
  readonly intervals: FigureIntervals;
  /** The ten commonest. */
  readonly confused: readonly ConfusedPair[];
  readonly calibration: Calibration;
  readonly temperature: TemperatureFigures | null;
  /** The worst fifty. */
  readonly mistakes: readonly Mistake[];
  /** Over groups of pictures. */
  readonly groups?: { readonly file: string; readonly groups: number; readonly intervals: FigureIntervals };
  /** The same result without the pictures on a list. */
  readonly without?: {
    readonly file: string;
    readonly lines: number;
    readonly leftOut: number;
    readonly summary: Summary;
  };
}

const most = { confused: 10, mistakes: 50 } as const;

/** Throws UserError("data") when a blacklist names none of the pictures, or all; when groups lack a picture, or are one. */
export function figuresOf(scores: Scores, blacklist?: Blacklist, groups?: Groups): Figures {
  const confusion = confusionOf(scores);
  const counts = countsOf(confusion);
  const classes = classFigures(confusion);
  return {
    confusion,
    classes,
    macro: macroFigures(classes),
    weighted: weightedFigures(classes),
    matthews: matthews(counts),
    kappa: kappa(counts),
    separation: separationOf(scores),
    selective: selectiveOf(scores),
    intervals: figureIntervals(scores),
    confused: mostConfused(confusion, most.confused),
    calibration: calibrate(scores),
    temperature: temperatureFigures(scores),
    mistakes: worstMistakes(scores, most.mistakes),
    ...(groups ? { groups: grouped(scores, groups) } : {}),
    ...(blacklist ? { without: withoutListed(scores, blacklist) } : {}),
  };
}

function grouped(scores: Scores, groups: Groups): NonNullable<Figures["groups"]> {
  const grouping = groupingOf(groups, scores.names);
  return { file: groups.file, groups: grouping.groups, intervals: figureIntervals(scores, grouping) };
}

function withoutListed(scores: Scores, blacklist: Blacklist): NonNullable<Figures["without"]> {
  requireUse(blacklist, scores.names);
  const { file, lines, has } = blacklist;
  const rest = subset(scores, (name) => !has(name));
  return { file, lines, leftOut: scores.names.length - rest.names.length, summary: summaryOf(rest) };
}
