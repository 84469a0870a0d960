// Crops through the network in full batches across pictures, and each picture's average over its crops.
import type { CroppedPicture } from "../images/cropped-pictures.ts";
import { inOrder } from "../runtime/in-order.ts";
import { type Average, type RunningAverage, runningAverage } from "./average.ts";
import type { Evaluator } from "./evaluator.ts";
import { requireFinite } from "./finite.ts";

export interface ScoringOptions {
  readonly evaluator: Pick<Evaluator, "batch" | "atOnce" | "logits">;
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
  const { evaluator, crops, onBatch } = options;
  const waiting: Waiting[] = [];
  let done = 0;
  const batches = inOrder(filledBatches(options, waiting), evaluator.atOnce, ({ images }) => evaluator.logits(images));
  for await (const [{ places }, rows] of batches) {
    for (const { slot, owner } of places) owner.add(rows[slot]!);
    done += places.length;
    onBatch?.(done);
    yield* finished(waiting, crops);
  }
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

type Place = { readonly slot: number; readonly owner: InWork };
type Filled = { readonly images: Uint8Array; readonly places: readonly Place[] };

/** Each picture waits from when its crops are taken. As many batches in a row as are in work at once have pixels of their own. */
async function* filledBatches(options: ScoringOptions, waiting: Waiting[]): AsyncGenerator<Filled> {
  const { evaluator, pictures, size, crops, before, signal } = options;
  const bytes = size * size * 3;
  const buffers = Array.from(
    { length: evaluator.atOnce },
    () => new Uint8Array(new SharedArrayBuffer(evaluator.batch * bytes)),
  );
  let [number, filled, places] = [0, before % evaluator.batch, [] as Place[]];
  const full = (): Filled => {
    const batch = { images: buffers[number++ % buffers.length]!, places };
    [filled, places] = [0, []];
    return batch;
  };
  for await (const picture of pictures) {
    const owner = waitingFor(picture, options);
    waiting.push(owner);
    for (let next = 0; "crops" in picture && "mean" in owner && next < crops; ) {
      const count = Math.min(evaluator.batch - filled, crops - next);
      const images = buffers[number % buffers.length]!;
      images.set(picture.crops.subarray(next * bytes, (next + count) * bytes), filled * bytes);
      for (let i = 0; i < count; i++) places.push({ slot: filled++, owner });
      next += count;
      if (filled === evaluator.batch) yield full();
      if (signal?.aborted) return;
    }
    if (signal?.aborted) return;
  }
  if (places.length > 0) yield full();
}
