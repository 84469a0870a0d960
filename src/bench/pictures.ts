// Batches to measure with: made up, or photographs decoded and augmented as training has them.
import { experimentSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { startDecoders, trainingBatches } from "../images/batches.ts";
import { openSource } from "../images/sources/source.ts";
import { threads } from "../runtime/threads.ts";
import { variationOf } from "../train/variation.ts";

export interface Pictures {
  /** Raw uint8 [batch, size, size, 3], and [batch] labels. */
  next(): Promise<{ readonly images: Uint8Array; readonly labels: Int32Array }>;
  close(): Promise<void>;
}
type Options = { readonly size: number; readonly batch: number };

/** The same batch again and again; labels below 1,000. */
export function madeUp({ size, batch }: Options): Pictures {
  const images = madeUpImages({ size, batch });
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 37) % 1000);
  return { next: async () => ({ images, labels }), close: async () => {} };
}

export function madeUpImages({ size, batch }: Options): Uint8Array {
  const images = new Uint8Array(new SharedArrayBuffer(batch * size * size * 3));
  for (let i = 0; i < images.length; i++) images[i] = Math.imul(i, 2654435761) >>> 24;
  return images;
}

/** Epoch after epoch of a source, with the default augmentation, decoded ahead on every core. Throws UserError("data"). */
export async function photographs(source: string, { size, batch }: Options): Promise<Pictures> {
  const listing = await openSource(source);
  const decoders = startDecoders(threads());
  const experiment = experimentSchema.parse({ data: { train: source } });
  const onBad = ({ name, reason }: { name: string; reason: string }): never => {
    throw new UserError("data", `${name}: ${reason}`);
  };
  const { jpegReduction } = experiment.data;
  const options = { decoders, listing, size, batch, jpegReduction, ...variationOf(experiment), onBad };
  const batches = trainingBatches({ ...options, seed: 1, start: 0, end: Infinity });
  return {
    next: async () => (await batches.next()).value!,
    close: async () => {
      await batches.return(undefined);
      await decoders.close();
    },
  };
}
