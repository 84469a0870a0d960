// The project's own speed: images in a second of a training step, an evaluation or decoding, on made-up pictures or photographs.
import { median } from "../race/median.ts";
import { inOrder } from "../runtime/in-order.ts";
import { type BenchKind, type BenchOptions, openSubject, type Subject } from "./subject.ts";

export type { BenchKind, BenchOptions } from "./subject.ts";

export interface BenchResult {
  readonly precision: "float32" | "bfloat16" | null;
  readonly imagesPerSecond: number;
  /** Median seconds of a step. */
  readonly median: number;
  readonly seconds: readonly number[];
  /** Share of the conv-rate limit: a training step counts three times the forward pass's multiply-adds; null for decoding. */
  readonly limitShare: number | null;
}

/** Times `steps` steps after `warmup` that do not count. */
export async function measureRate(kind: BenchKind, options: BenchOptions): Promise<BenchResult> {
  const subject = await openSubject(kind, options);
  await timed(options.warmup, subject);
  const seconds = await timed(options.steps, subject);
  await subject.close();
  const middle = median(seconds);
  return {
    precision: subject.precision,
    imagesPerSecond: options.batch / middle,
    median: middle,
    seconds,
    limitShare: subject.limitShare(middle),
  };
}

/**
 * Takes turns with others: says `ready` after the warm-up, then for each line `go` times `steps` steps and answers with
 * one line of JSON; ends with its input.
 */
export async function takeTurns(
  kind: BenchKind,
  options: BenchOptions,
  lines: AsyncIterable<string>,
  say: (line: string) => void,
) {
  const subject = await openSubject(kind, options);
  await timed(options.warmup, subject);
  say("ready");
  for await (const line of lines) {
    if (line.trim() !== "go") continue;
    const middle = median(await timed(options.steps, subject));
    say(JSON.stringify({ imagesPerSecond: options.batch / middle, limitShare: subject.limitShare(middle) }));
  }
  await subject.close();
}

/** Seconds of each step; where several are in work at once, its share of the time in which as many ended. */
export async function timed(steps: number, { step, atOnce }: Pick<Subject, "step" | "atOnce">): Promise<number[]> {
  const times = [performance.now()];
  for await (const _ of inOrder(Array(steps).keys(), atOnce, step)) times.push(performance.now());
  return times.slice(1).map((end, i) => {
    const ended = Math.min(atOnce, i + 1);
    return (end - times[i + 1 - ended]!) / ended / 1000;
  });
}
