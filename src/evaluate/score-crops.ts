// Crops through the network in full batches across pictures, and each picture's average over its crops.
import type { CroppedPicture } from "../images/cropped-pictures.ts";
import { type Average, type RunningAverage, runningAverage } from "./average.ts";
import type { Evaluator } from "./evaluator.ts";
import { requireFinite } from "./finite.ts";

export interface ScoringOptions {
  readonly evaluator: Pick<Evaluator, "batch" | "logits">;
  readonly pictures: AsyncIterable<CroppedPicture>;
  readonly size: number;
  /** Crops of each picture. */
  readonly crops: number;
  readonly average: Average;
  /** Averages are also taken over the first so many crops. */
  readonly subsets: readonly number[];
  /** Crops that were done in an earlier sitting: the others keep their places in the batches, and so their exact values. */
  readonly before: number;
  /** Hears after each batch how many crops this sitting has done. */
  readonly onBatch?: (crops: number) => void;
  /** What the evaluator runs, for messages. */
  readonly model: string;
  /** Ends the scoring between two batches. */
  readonly signal?: AbortSignal;
}
/** Logits, [classes], as `Scores` has them, those over the first crops, [subsets, classes], and the picture's digest; or why the picture is unreadable. */
export type Scored = { readonly index: number } & (
  | { readonly logits: Float32Array; readonly subsets: readonly Float32Array[]; readonly digest: string }
  | { readonly reason: string }
);

/**
 * Every picture once, in order, as soon as its last crop is done. Only the last batch has empty places. Throws UserError("diverged") where logits
 * are not finite.
 */
export async function* scoreCrops(options: ScoringOptions): AsyncGenerator<Scored> {
  const { pictures, crops, onBatch, signal } = options;
  const batch = newBatch(options);
  const waiting: Waiting[] = [];
  let done = 0;
  const run = async (): Promise<void> => {
    done += await batch.run();
    onBatch?.(done);
  };

  for await (const picture of pictures) {
    const entry = waitingFor(picture, options);
    waiting.push(entry);
    for (let next = 0; "crops" in picture && "mean" in entry && next < crops && !signal?.aborted; ) {
      next += batch.take(picture.crops, next, entry);
      if (batch.isFull()) await run();
    }
    yield* finished(waiting, crops);
    if (signal?.aborted) return;
  }
  if (!batch.isEmpty()) await run();
  yield* finished(waiting, crops);
}

interface InWork {
  readonly index: number;
  readonly digest: string;
  readonly mean: RunningAverage;
  readonly subsets: Float32Array[];
  add(logits: Float32Array): void;
}
type Waiting = InWork | { readonly index: number; readonly reason: string };

function waitingFor(picture: CroppedPicture, { average, subsets, model }: ScoringOptions): Waiting {
  const { index } = picture;
  if ("reason" in picture) return { index, reason: picture.reason };
  const { digest } = picture;
  const mean = runningAverage(average);
  const taken: Float32Array[] = [];
  const add = (logits: Float32Array): void => {
    requireFinite(logits, { model, picture: picture.item.name });
    mean.add(logits);
    if (subsets.includes(mean.crops)) taken.push(mean.mean());
  };
  return { index, digest, mean, subsets: taken, add };
}

/** Those at the head of the queue that wait for nothing any more. */
function* finished(waiting: Waiting[], crops: number): Generator<Scored> {
  for (let head = waiting[0]; head && ("reason" in head || head.mean.crops === crops); head = waiting[0]) {
    waiting.shift();
    const { index } = head;
    yield "reason" in head ? head : { index, logits: head.mean.mean(), subsets: head.subsets, digest: head.digest };
  }
}

/** The batch being filled. */
function newBatch({ evaluator, size, crops, before }: ScoringOptions) {
  const bytes = size * size * 3;
  const images = new Uint8Array(new SharedArrayBuffer(evaluator.batch * bytes));
  let filled = before % evaluator.batch;
  let owners: { readonly slot: number; readonly owner: InWork }[] = [];
  return {
    isFull: () => filled === evaluator.batch,
    isEmpty: () => owners.length === 0,
    /** Takes crops of one picture, from number `first`, as many as there is room for; says how many. */
    take(from: Uint8Array, first: number, owner: InWork): number {
      const count = Math.min(evaluator.batch - filled, crops - first);
      images.set(from.subarray(first * bytes, (first + count) * bytes), filled * bytes);
      for (let i = 0; i < count; i++) owners.push({ slot: filled++, owner });
      return count;
    },
    /** Says how many crops were in it. */
    async run(): Promise<number> {
      const rows = await evaluator.logits(images);
      for (const { slot, owner } of owners) owner.add(rows[slot]!);
      const { length } = owners;
      [owners, filled] = [[], 0];
      return length;
    },
  };
}
