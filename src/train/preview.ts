// What training will see: the first crops of an epoch, varied and mixed as its batches are.
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { type BadPicture, startDecoders, trainingBatches } from "../images/batches.ts";
import { batchesPerEpoch } from "../images/epoch.ts";
import type { Listing } from "../images/sources/listing.ts";
import { variationOf } from "./variation.ts";

export interface Crops {
  readonly count: number;
  /** Side of each in pixels. */
  readonly size: number;
  /** RGB, at least count * size * size * 3. */
  readonly images: Uint8Array;
  /** One for each. */
  readonly labels: readonly CropLabel[];
}
export interface CropLabel {
  readonly label: number;
  /** Where another picture is mixed in: its label, and the share of `label`. */
  readonly mixed?: { readonly second: number; readonly share: number };
}

export interface CropRequest {
  readonly count: number;
  /** From 0. */
  readonly epoch: number;
  readonly onBad: (failure: BadPicture) => void;
}

/** `count` of them, or as many as the epoch has. */
export async function firstCrops(asked: Experiment, listing: Listing, request: CropRequest): Promise<Crops> {
  const experiment = asTrained(asked);
  const { data, train, seed } = experiment;
  const { size, jpegReduction } = data;
  const { batch } = train;
  const perEpoch = batchesPerEpoch(listing.items.length, batch);
  const count = Math.min(request.count, listing.items.length, perEpoch * batch);
  const start = request.epoch * perEpoch;
  const end = start + Math.ceil(count / batch);
  const decoders = startDecoders(data.decoders ?? 1);
  try {
    const { onBad } = request;
    const options = { decoders, listing, size, batch, jpegReduction, ...variationOf(experiment), seed, onBad };
    const images = new Uint8Array((end - start) * batch * size * size * 3);
    const labels: CropLabel[] = [];
    for await (const made of trainingBatches({ ...options, start, end })) {
      images.set(made.images, (made.index - start) * made.images.length);
      labels.push(...Array.from(made.labels, (label, i) => ({ label, ...mixedAt(made, i) })));
    }
    return { count, size, images, labels: labels.slice(0, count) };
  } finally {
    await decoders.close();
  }
}

function mixedAt({ mixed }: { readonly mixed?: { second: Int32Array; shares: Float32Array } }, i: number) {
  if (mixed === undefined || mixed.shares[i] === 1) return {};
  return { mixed: { second: mixed.second[i]!, share: mixed.shares[i]! } };
}
