// Batches of pictures for training and evaluation: decoded ahead, and the same whatever the number of threads.
import { UserError } from "../errors.ts";
import { type MixedLabels, type Mixing, mixBatch } from "./augment/mixing.ts";
import type { CropChoice, Preset } from "./crop.ts";
import { decodeAhead } from "./decode-ahead.ts";
import type { Decoders } from "./decoders.ts";
import { batchesPerEpoch } from "./epoch.ts";
import type { JpegReduction } from "./jpeg-reduction.ts";
import { epochOrder, redraws, type Sampling } from "./order.ts";
import type { Augmentation, Treatment } from "./prepare.ts";
import { random } from "./random.ts";
import type { Item, Listing } from "./sources/listing.ts";

export { type Decoders, startDecoders } from "./decoders.ts";

export interface Batch {
  /** In training it counts from the first epoch's start. */
  readonly index: number;
  /** RGB, batch * size * size * 3, on a SharedArrayBuffer; zeros where a label is -1, which in training none is. */
  readonly images: Uint8Array;
  /** -1: padding or left out. */
  readonly labels: Int32Array;
  /** Where pictures may be mixed with one another: `labels` are then those with the larger share. */
  readonly mixed?: Omit<MixedLabels, "labels">;
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
  readonly jpegReduction: JpegReduction;
  /** Called for an unreadable picture, in order, perhaps more than once for it; what it throws ends the iteration, otherwise the picture is left out. */
  readonly onBad: (failure: BadPicture) => void;
}
/** How training pictures are chosen and varied. */
export interface Variation {
  readonly augment: Augmentation;
  readonly mix: Mixing | null;
  readonly sampling: Sampling;
}
export type TrainingOptions = Common &
  Variation & {
    readonly seed: number;
    /** Numbers of the first batch to give and of the one after the last, counted from the first epoch's start. */
    readonly start: number;
    readonly end: number;
    /** Of each batch the pictures of one of so many equal parts; the whole where left out. */
    readonly part?: { readonly index: number; readonly of: number };
  };
export type EvaluationOptions = Common & { readonly preset: Preset; readonly choice?: CropChoice };

/** A picture and what is done to it. */
export type Slot = { readonly item: Item; readonly treatment: Treatment };
/** `redraws`: what takes the place of the i-th picture where that is unreadable. */
type Job = {
  readonly index: number;
  readonly slots: readonly Slot[];
  readonly redraws?: (i: number) => Iterable<Item>;
};
/** A batch as decoded: the picture that came into each slot, and its reason where that is unreadable and has no substitute. */
type Decoded = {
  readonly index: number;
  readonly images: Uint8Array;
  readonly slots: readonly Slot[];
  readonly reasons: readonly (string | undefined)[];
  /** Every unreadable one that was met, in the order of the slots. */
  readonly bad: readonly BadPicture[];
};

/** How many batches are decoded ahead: with small ones more, so that no decoder waits. */
const aheadOf = ({ decoders, batch }: Pick<Common, "decoders" | "batch">): number =>
  Math.max(3, Math.ceil(decoders.atOnce / batch));

/**
 * Epoch after epoch, each in an order of its own; the next epoch's first batches are decoded while the last ones are used. In the place of an unreadable
 * picture comes another of the same epoch. Throws UserError("data") where none can be read.
 */
export async function* trainingBatches(options: TrainingOptions): AsyncGenerator<Batch, undefined> {
  const { size, mix, seed, listing } = options;
  const own = partOf(options).count;
  const drawn = { ...options, batch: partOf(options).decoded };
  for await (const { index, images, slots, reasons, bad } of decodeAhead(
    trainingJobs(options),
    aheadOf(drawn),
    decoding(drawn),
  )) {
    for (const picture of bad) options.onBad(picture);
    const left = reasons.findIndex((reason) => reason !== undefined);
    if (left >= 0)
      throw new UserError("data", `${listing.path}: too few of its pictures can be read (${reasons[left]})`);
    const decoded = Int32Array.from(slots, ({ item }) => item.label);
    const names = slots.slice(0, own).map(({ item }) => item.name);
    if (mix === null) {
      yield { index, images, labels: decoded, names, count: own };
      continue;
    }
    const { labels, second, shares } = mixBatch(images, decoded, size, mix, random(seed, "mix", 0, index));
    const mixed = { second: second.subarray(0, own), shares: shares.subarray(0, own) };
    yield {
      index,
      images: images.subarray(0, own * size * size * 3),
      labels: labels.subarray(0, own),
      mixed,
      names,
      count: own,
    };
  }
}

/** Where its part of a batch begins, and how many pictures it has; of a part that is mixed, the one that its last is mixed with is decoded, too. */
function partOf({ batch, mix, part = { index: 0, of: 1 } }: TrainingOptions) {
  const count = batch / part.of;
  return { first: part.index * count, count, decoded: mix !== null && part.of > 1 ? count + 1 : count };
}

function* trainingJobs(options: TrainingOptions): Generator<Job> {
  const part = partOf(options);
  const { batch, seed, start, end, augment, sampling, jpegReduction } = options;
  const { items } = options.listing;
  const perEpoch = batchesPerEpoch(items.length, batch);
  for (let index = start; index < end; ) {
    const epoch = Math.floor(index / perEpoch);
    const order = epochOrder(sampling, seed, epoch, items, perEpoch * batch);
    const slot = (position: number): Slot => ({
      item: items[order[position]!]!,
      treatment: { augment, seed, epoch, position, jpegReduction },
    });
    for (const last = Math.min(end, (epoch + 1) * perEpoch); index < last; index++) {
      const first = (index - epoch * perEpoch) * batch;
      const place = (i: number): number => first + ((part.first + i) % batch);
      const slots = Array.from({ length: part.decoded }, (_, i) => slot(place(i)));
      const substitutes = function* (i: number): Generator<Item> {
        for (const number of redraws(seed, epoch, place(i), order)) yield items[number]!;
      };
      yield { index, slots, redraws: substitutes };
    }
  }
}

/** Every picture once, in the listing's order; real pictures come first in a batch, padding after them. */
export async function* evaluationBatches(options: EvaluationOptions): AsyncGenerator<Batch, undefined> {
  const { batch, size, onBad } = options;
  for await (const { index, images, slots, reasons, bad } of decodeAhead(
    evaluationJobs(options),
    aheadOf(options),
    decoding(options),
  )) {
    for (const picture of bad) onBad(picture);
    const good = slots.flatMap(({ item }, from) => (reasons[from] === undefined ? [{ item, from }] : []));
    if (good.length === 0) continue;
    const bytes = size * size * 3;
    for (const [to, { from }] of good.entries()) images.copyWithin(to * bytes, from * bytes, (from + 1) * bytes);
    images.fill(0, good.length * bytes);
    const labels = Int32Array.from({ length: batch }, (_, i) => good[i]?.item.label ?? -1);
    yield { index, images, labels, names: good.map(({ item }) => item.name), count: good.length };
  }
}

function* evaluationJobs(options: EvaluationOptions): Generator<Job> {
  const { batch, preset, choice = {}, jpegReduction } = options;
  const { items } = options.listing;
  for (let index = 0; index * batch < items.length; index++) {
    const own = items.slice(index * batch, (index + 1) * batch);
    yield { index, slots: own.map((item): Slot => ({ item, treatment: { preset, choice, jpegReduction } })) };
  }
}

/** These pictures in this order, in batches of which only the last may be short: its padding has the label -1, as has a picture that is left out. */
export async function* preparedBatches(
  options: Omit<Common, "listing" | "jpegReduction"> & { readonly slots: readonly Slot[] },
): AsyncGenerator<Batch, undefined> {
  const { slots: all, batch } = options;
  const jobs = Array.from(
    { length: Math.ceil(all.length / batch) },
    (_, index): Job => ({
      index,
      slots: all.slice(index * batch, (index + 1) * batch),
    }),
  );
  for await (const { index, images, slots, reasons, bad } of decodeAhead(jobs, aheadOf(options), decoding(options))) {
    for (const picture of bad) options.onBad(picture);
    const good = (i: number) => i < slots.length && reasons[i] === undefined;
    const labels = Int32Array.from({ length: batch }, (_, i) => (good(i) ? slots[i]!.item.label : -1));
    yield { index, images, labels, names: slots.map(({ item }) => item.name), count: slots.length };
  }
}

const decoding =
  ({ decoders, size, batch }: Pick<Common, "decoders" | "size" | "batch">) =>
  async ({ index, slots, redraws: substitutes = () => [] }: Job, signal: AbortSignal): Promise<Decoded> => {
    const bytes = size * size * 3;
    const images = new Uint8Array(new SharedArrayBuffer(batch * bytes));
    const filled = await Promise.all(
      slots.map(async (slot, i) => {
        const target = images.subarray(i * bytes, (i + 1) * bytes);
        const bad: BadPicture[] = [];
        let taken = slot;
        let reason = await decoders.decode({ ...taken, size, target }, signal);
        if (reason !== undefined) bad.push({ name: taken.item.name, reason });
        for (const item of reason === undefined ? [] : substitutes(i)) {
          taken = { ...slot, item };
          reason = await decoders.decode({ ...taken, size, target }, signal);
          if (reason === undefined) break;
          bad.push({ name: item.name, reason });
        }
        return { taken, reason, bad };
      }),
    );
    return {
      index,
      images,
      slots: filled.map(({ taken }) => taken),
      reasons: filled.map(({ reason }) => reason),
      bad: filled.flatMap(({ bad }) => bad),
    };
  };
