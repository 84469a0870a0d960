// The work of `inception train --find-rate`: the range test of an experiment, drawn into a file.
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { asTrained } from "../config/train-size.ts";
import { UserError } from "../errors.ts";
import { lineChart } from "../report/line-chart.ts";
import { type RateTest, testRates } from "../train/rate-test.ts";
import type { Sets } from "../train/training.ts";
import type { PrintedDocuments } from "./documents/printed.ts";
import { note } from "./print.ts";
import { formatDuration, progressBar } from "./progress.ts";
import type { Changes } from "./shorthands.ts";
import { openNew } from "./training-experiment.ts";

const rateFile = "learning-rate.svg";

/** Undefined where the signal stopped it. Nothing but the drawing is written. */
export async function findRate(
  config: string | undefined,
  options: Changes & { readonly output?: string },
  stop: AbortSignal,
): Promise<{ readonly test: RateTest; readonly file: string } | undefined> {
  const file = fileOf(options.output ?? rateFile);
  const { experiment, sets } = await openNew(config, options);
  const { train, data } = asTrained(experiment);
  note(
    `find rate   ${experiment.network.name}, ${data.size} px, ${sets.train.items.length} pictures, ${train.optimizer.name}`,
  );
  let bar: ReturnType<typeof progressBar> | undefined;
  let began = 0;
  try {
    const test = await testRates({
      experiment,
      sets,
      stop,
      onStep(step, of, rate, loss) {
        // The first step pays for the start of the engine.
        if (step === 1) began = performance.now();
        const left =
          step === 1 ? [] : [`${formatDuration(((performance.now() - began) / 1000 / (step - 1)) * (of - step))} left`];
        bar ??= progressBar("find rate", of);
        bar.update(step, ...left, `rate ${rate.toPrecision(2)}`, `loss ${loss.toFixed(3)}`);
      },
    });
    bar?.stop();
    if (test === undefined) return undefined;
    replaceDurably(nodeFs, file, drawRates(test, sets));
    return { test, file };
  } finally {
    bar?.stop();
  }
}

/** A folder that is there holds the file. Throws UserError("usage") where there is no place for it, before the test begins. */
function fileOf(output: string): string {
  const file = existsSync(output) && statSync(output).isDirectory() ? join(output, rateFile) : output;
  if (existsSync(dirname(file))) return file;
  throw new UserError("usage", `-o ${output}: there is no folder ${dirname(file)} to write the drawing in`);
}

/** Loss over rate; the suggestion is a line from top to bottom. */
export function drawRates({ points, start, suggestion, key }: RateTest, { train }: Pick<Sets, "train">): string {
  const high = 2 * start;
  const marked = suggestion === null ? [] : [{ name: `suggested: ${suggestion}`, points: upright(suggestion, high) }];
  return lineChart({
    title: `Learning-rate range test, ${train.items.length} pictures`,
    x: { label: key, log: true },
    y: { label: "training loss", low: 0, high },
    series: [
      { name: "smoothed", points: points.map(({ rate, smoothed }) => [rate, smoothed] as const) },
      { name: "each step", points: points.map(({ rate, loss }) => [rate, loss] as const) },
      ...marked,
    ],
  });
}

const upright = (x: number, high: number): (readonly [number, number])[] => [
  [x, 0],
  [x, high],
];

const ends: Readonly<Record<RateTest["end"], string>> = {
  highest: "the highest rate was reached",
  rising: "the loss was four times its lowest",
  notFinite: "a loss or gradient was not finite",
};

/** What follows, and why, in lines of at most 80 columns. */
export function sayRate({ suggestion, lowest, start, end, given, key }: RateTest): string {
  const losses =
    lowest &&
    `${start.toFixed(3)} at the start, ${lowest.smoothed.toFixed(3)} at its lowest, at a rate of ${lowest.rate.toPrecision(2)}`;
  const first =
    suggestion === null
      ? "no suggestion: in so few steps the loss did not fall by more than chance"
      : `${key}: ${suggestion} is suggested, a tenth of the rate with the lowest loss`;
  return [first, `loss        ${losses ?? "none"}`, `ended       ${ends[end]}`, `experiment  ${given}`].join("\n");
}

export const rateDocument = (test: RateTest, file: string): PrintedDocuments["inception.find-rate/1"] => ({
  schema: "inception.find-rate/1",
  key: test.key,
  suggestion: test.suggestion,
  given: test.given,
  start: Number.isFinite(test.start) ? test.start : null,
  lowest: test.lowest && { rate: test.lowest.rate, smoothed: test.lowest.smoothed },
  end: test.end,
  file,
  points: test.points.map(({ rate, loss, smoothed }) => ({ rate, loss, smoothed })),
});
