// The pictures on which an exported model is compared: real ones where there are any, drawn ones else.
import type { Model } from "../evaluate/model.ts";
import { evaluationBatches, startDecoders } from "../images/batches.ts";
import { drawShape } from "../images/shapes/draw.ts";
import { shapeClasses } from "../images/shapes/make.ts";
import { type Listing, thinOut } from "../images/sources/source.ts";
import { threads } from "../runtime/threads.ts";

export interface CheckPictures {
  /** RGB bytes of the model's size, one after another, on a SharedArrayBuffer. */
  readonly images: Uint8Array;
  readonly count: number;
  /** Where they are from: a source of pictures; undefined where they are drawn. */
  readonly source: string | undefined;
}

/** At most `most` of the listing, at even distances, as the model sees them; those that cannot be read are left out. */
export async function picturesOf(
  { size, preset, choice, preprocessing }: Model,
  listing: Listing,
  most: number,
): Promise<CheckPictures> {
  const chosen = thinOut(listing, most);
  const decoders = startDecoders(Math.min(chosen.items.length, threads()));
  try {
    const batches = evaluationBatches({
      decoders,
      listing: chosen,
      size,
      batch: chosen.items.length,
      preset,
      jpegReduction: preprocessing.jpegReduction,
      ...(choice ? { choice } : {}),
      onBad: () => {},
    });
    for await (const { images, count } of batches)
      return { images: images.subarray(0, count * size * size * 3), count, source: listing.path };
    return drawnPictures(size);
  } finally {
    await decoders.close();
  }
}

/** One of each of the shapes set's classes, the same every time. */
export function drawnPictures(size: number): CheckPictures {
  const count = shapeClasses.length;
  const bytes = size * size * 3;
  const images = new Uint8Array(new SharedArrayBuffer(count * bytes));
  for (const [i, name] of shapeClasses.entries()) images.set(drawShape(name, size, 1, i), i * bytes);
  return { images, count, source: undefined };
}
