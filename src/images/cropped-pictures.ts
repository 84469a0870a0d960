// Pictures with all their crops, decoded ahead in threads: one after the other, in the listing's order.
import type { CropChoice, Preset } from "./crop.ts";
import { decodeAhead } from "./decode-ahead.ts";
import type { Decoders } from "./decoders.ts";
import type { JpegReduction } from "./jpeg-reduction.ts";
import type { Treatment } from "./prepare.ts";
import { cropCounts, type Protocol } from "./protocols.ts";
import type { Item, Listing } from "./sources/listing.ts";

export interface CroppingOptions {
  readonly decoders: Decoders;
  readonly listing: Pick<Listing, "items">;
  readonly protocol: Protocol;
  /** Of the single crop. */
  readonly preset: Preset;
  readonly jpegReduction: JpegReduction;
  readonly choice?: CropChoice | undefined;
  readonly size: number;
  /** Number of the first picture to give. */
  readonly start: number;
  /** About as many crops are kept ready as three batches hold. */
  readonly batch: number;
}
/**
 * Either its crops, which the next picture overwrites (RGB bytes, crops * size * size * 3), and 16 hexadecimal digits of its file's SHA-256; or why it is
 * unreadable.
 */
export type CroppedPicture = { readonly index: number; readonly item: Item } & (
  | { readonly crops: Uint8Array; readonly digest: string }
  | { readonly reason: string }
);

/** Each picture is decoded once; memory does not grow with their number. */
export async function* croppedPictures(options: CroppingOptions): AsyncGenerator<CroppedPicture> {
  const { decoders, listing, protocol, preset, choice = {}, jpegReduction, size, start, batch } = options;
  const crops = cropCounts[protocol];
  const treatment: Treatment = protocol === "single" ? { preset, choice, jpegReduction } : { crops: protocol };
  // All crops of a picture take up to 40 MB, and its network's work is long: a few keep ahead of it.
  const busy = crops === 1 ? decoders.atOnce : Math.min(decoders.atOnce, 8);
  const ahead = Math.max(Math.ceil((3 * batch) / crops), busy);
  const shared = (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes));
  const free: { target: Uint8Array; digest: Uint8Array }[] = [];
  const begin = async ({ index, item }: Job, signal: AbortSignal) => {
    const buffers = free.pop() ?? { target: shared(crops * size * size * 3), digest: shared(32) };
    const reason = await decoders.decode({ item, size, treatment, ...buffers }, signal);
    return { index, item, buffers, reason };
  };
  for await (const { index, item, buffers, reason } of decodeAhead(jobsFrom(listing.items, start), ahead, begin)) {
    const digest = Buffer.from(buffers.digest).toString("hex", 0, 8);
    yield { index, item, ...(reason === undefined ? { crops: buffers.target, digest } : { reason }) };
    free.push(buffers);
  }
}

type Job = { readonly index: number; readonly item: Item };

function* jobsFrom(items: readonly Item[], start: number): Generator<Job> {
  for (let index = start; index < items.length; index++) yield { index, item: items[index]! };
}
