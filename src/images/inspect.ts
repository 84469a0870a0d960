// Every picture of a set, read and decoded once: which cannot be, and what tells copies of one from another.
import { createHash } from "node:crypto";
import { type BadPicture, type Decoders, evaluationBatches } from "./batches.ts";
import { type Print, printOf, printSize } from "./duplicates.ts";
import { readPicture } from "./source-lost.ts";
import type { Item, Listing } from "./sources/listing.ts";

export type Look = { readonly name: string; readonly label: number; readonly sha256: string; readonly print: Print };
export type Inspected = { readonly looks: readonly Look[]; readonly unreadable: readonly BadPicture[] };

/** Throws SourceLost where the pictures are out of reach. */
export async function inspect(
  listing: Listing,
  decoders: Decoders,
  onProgress: (done: number) => void,
): Promise<Inspected> {
  const unreadable: BadPicture[] = [];
  const looks: Look[] = [];
  const items = new Map(listing.items.map((item) => [item.name, item]));
  const bytes = printSize * printSize * 3;
  const batches = evaluationBatches({
    decoders,
    listing,
    size: printSize,
    batch: 64,
    preset: "torchvision",
    choice: { fit: { name: "squash" } },
    jpegReduction: "off",
    onBad: (failure) => void unreadable.push(failure),
  });
  for await (const { images, labels, names } of batches) {
    for (const [index, name] of names.entries()) {
      const label = labels[index]!;
      if (label < 0) continue;
      const print = printOf(images.subarray(index * bytes, (index + 1) * bytes));
      looks.push({ name, label, sha256: await hashOf(items.get(name)!), print });
    }
    onProgress(looks.length + unreadable.length);
  }
  return { looks, unreadable };
}

const hashOf = async ({ source }: Item): Promise<string> =>
  createHash("sha256")
    .update(await readPicture(source))
    .digest("hex");
