// All figures of a result beside its errors: for each class, confusions, calibration, the worst mistakes, and without blacklisted pictures.
import type { Summary } from "../evaluate/metrics.ts";
import { type Calibration, calibrate } from "../statistics/calibration.ts";
import {
  type ClassFigures,
  type ConfusedPair,
  type Confusion,
  classFigures,
  confusionOf,
  type MacroFigures,
  macroFigures,
  mostConfused,
} from "../statistics/confusion.ts";
import { type Mistake, worstMistakes } from "../statistics/mistakes.ts";
import { type Scores, subset } from "../statistics/scores.ts";
import { type TemperatureFigures, temperatureFigures } from "../statistics/temperature.ts";
import { type Blacklist, requireUse } from "./blacklist.ts";
import { summaryOf } from "./summaries.ts";

export interface Figures {
  readonly confusion: Confusion;
  readonly classes: readonly ClassFigures[];
  readonly macro: MacroFigures;
  /** The ten commonest. */
  readonly confused: readonly ConfusedPair[];
  readonly calibration: Calibration;
  readonly temperature: TemperatureFigures | null;
  /** The worst fifty. */
  readonly mistakes: readonly Mistake[];
  /** The same result without the pictures on a list. */
  readonly without?: {
    readonly file: string;
    readonly lines: number;
    readonly leftOut: number;
    readonly summary: Summary;
  };
}

const most = { confused: 10, mistakes: 50 } as const;

/** Throws UserError("data") when a blacklist names none of the pictures, or all. */
export function figuresOf(scores: Scores, blacklist?: Blacklist): Figures {
  const confusion = confusionOf(scores);
  const classes = classFigures(confusion);
  return {
    confusion,
    classes,
    macro: macroFigures(classes),
    confused: mostConfused(confusion, most.confused),
    calibration: calibrate(scores),
    temperature: temperatureFigures(scores),
    mistakes: worstMistakes(scores, most.mistakes),
    ...(blacklist ? { without: withoutListed(scores, blacklist) } : {}),
  };
}

function withoutListed(scores: Scores, blacklist: Blacklist): NonNullable<Figures["without"]> {
  requireUse(blacklist, scores.names);
  const { file, lines, has } = blacklist;
  const rest = subset(scores, (name) => !has(name));
  return { file, lines, leftOut: scores.names.length - rest.names.length, summary: summaryOf(rest) };
}
