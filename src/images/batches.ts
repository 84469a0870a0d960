// Batches of pictures for training and evaluation: decoded ahead, and the same whatever the number of threads.
import type { Preset } from "./crop.ts";
import type { Decoders } from "./decoders.ts";
import type { Augmentation, Treatment } from "./prepare.ts";
import { permutation } from "./random.ts";
import type { Item, Listing } from "./sources/listing.ts";

export { type Decoders, startDecoders } from "./decoders.ts";

export interface Batch {
  readonly index: number;
  /** RGB, batch * size * size * 3, on a SharedArrayBuffer; zeros where a label is -1. */
  readonly images: Uint8Array;
  /** -1: padding or left out. */
  readonly labels: Int32Array;
  readonly names: string[];
  /** Real pictures; in evaluation they are the first ones. */
  readonly count: number;
}
export interface BadPicture {
  readonly name: string;
  readonly reason: string;
}
interface Common {
  readonly decoders: Decoders;
  readonly listing: Listing;
  readonly size: number;
  readonly batch: number;
  /** Called for an unreadable picture, in order; what it throws ends the iteration, otherwise the picture is left out. */
  readonly onBad: (failure: BadPicture) => void;
}
export type TrainingOptions = Common & {
  readonly seed: number;
  readonly epoch: number;
  /** Number of the epoch's first batch to give. */
  readonly start: number;
  readonly augment: Augmentation;
};
export type EvaluationOptions = Common & { readonly preset: Preset };

type Slot = { readonly item: Item; readonly treatment: Treatment };
/** A batch as decoded: the reason, or undefined, for each slot. */
type Decoded = {
  readonly images: Uint8Array;
  readonly slots: readonly Slot[];
  readonly reasons: (string | undefined)[];
};

const ahead = 3;

/** floor(n / batch) batches in the epoch's order; one, going round, where the set is smaller than a batch. */
export async function* trainingBatches(options: TrainingOptions): AsyncGenerator<Batch> {
  const { listing, batch, seed, epoch, start, augment, onBad } = options;
  const { items } = listing;
  const order = permutation(seed, epoch, items.length);
  const slot = (position: number): Slot => ({
    item: items[order[position % items.length]!]!,
    treatment: { augment, seed, epoch, position },
  });
  const batches = Math.max(1, Math.floor(items.length / batch));
  const slots = (index: number) => Array.from({ length: batch }, (_, i) => slot(index * batch + i));
  for await (const { index, images, slots: own, reasons } of decodeAhead(options, start, batches, slots)) {
    tellBad(own, reasons, onBad);
    const labels = Int32Array.from(own, ({ item }, i) => (reasons[i] === undefined ? item.label : -1));
    const count = reasons.filter((reason) => reason === undefined).length;
    yield { index, images, labels, names: own.map(({ item }) => item.name), count };
  }
}

/** Every picture once, in the listing's order; real pictures come first in a batch, padding after them. */
export async function* evaluationBatches(options: EvaluationOptions): AsyncGenerator<Batch> {
  const { listing, batch, size, preset, onBad } = options;
  const { items } = listing;
  const slots = (index: number) =>
    items.slice(index * batch, (index + 1) * batch).map((item): Slot => ({ item, treatment: { preset } }));
  const batches = Math.ceil(items.length / batch);
  for await (const { index, images, slots: own, reasons } of decodeAhead(options, 0, batches, slots)) {
    tellBad(own, reasons, onBad);
    const good = own.flatMap(({ item }, from) => (reasons[from] === undefined ? [{ item, from }] : []));
    if (good.length === 0) continue;
    const bytes = size * size * 3;
    for (const [to, { from }] of good.entries()) images.copyWithin(to * bytes, from * bytes, (from + 1) * bytes);
    images.fill(0, good.length * bytes);
    const labels = Int32Array.from({ length: batch }, (_, i) => good[i]?.item.label ?? -1);
    yield { index, images, labels, names: good.map(({ item }) => item.name), count: good.length };
  }
}

/** Batches `start` to `end` in order, with up to `ahead` more in work; dropped when the caller stops early. */
async function* decodeAhead(
  options: Common,
  start: number,
  end: number,
  slots: (index: number) => Slot[],
): AsyncGenerator<Decoded & { index: number }> {
  const stop = new AbortController();
  const inWork: Promise<Decoded>[] = [];
  let next = start;
  try {
    for (let index = start; index < end; index++) {
      while (next < end && next <= index + ahead) inWork.push(begin(options, slots(next++), stop.signal));
      yield { index, ...(await inWork.shift()!) };
    }
  } finally {
    stop.abort();
    await Promise.allSettled(inWork);
  }
}

function begin({ decoders, size, batch }: Common, slots: Slot[], signal: AbortSignal): Promise<Decoded> {
  const bytes = size * size * 3;
  const images = new Uint8Array(new SharedArrayBuffer(batch * bytes));
  const decoded = Promise.all(
    slots.map((slot, i) =>
      decoders.decode({ ...slot, size, target: images.subarray(i * bytes, (i + 1) * bytes) }, signal),
    ),
  ).then((reasons) => ({ images, slots, reasons }));
  // Its failure is thrown where the batch is awaited, which may be later.
  decoded.catch(() => {});
  return decoded;
}

function tellBad(slots: readonly Slot[], reasons: readonly (string | undefined)[], onBad: Common["onBad"]): void {
  for (const [i, reason] of reasons.entries()) if (reason !== undefined) onBad({ name: slots[i]!.item.name, reason });
}
