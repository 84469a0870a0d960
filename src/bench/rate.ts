// The project's own speed: images in a second of a training step, an evaluation or decoding, on made-up pictures or photographs.
import { median } from "../race/median.ts";
import { type BenchKind, type BenchOptions, openSubject } from "./subject.ts";

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
  await timed(options.warmup, subject.step);
  const seconds = await timed(options.steps, subject.step);
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
  await timed(options.warmup, subject.step);
  say("ready");
  for await (const line of lines) {
    if (line.trim() !== "go") continue;
    const middle = median(await timed(options.steps, subject.step));
    say(JSON.stringify({ imagesPerSecond: options.batch / middle, limitShare: subject.limitShare(middle) }));
  }
  await subject.close();
}

/** Seconds of each step. */
async function timed(steps: number, step: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await step();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}
